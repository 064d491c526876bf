"""How people ask for their rights without naming them, in Indonesian and English: phrases of `prose.phrases`, sure ones and hints."""

from __future__ import annotations

NOT = "not"
"""The key of phrases that say the contrary: what lies in them asks for nothing."""

DICTIONARY = {
    "me": ("(saya|aku|gue|gw|ku|me|mine|kami|us|kita)",),
    "thing": (
        ("(data|akun|account|accounts|profil|profile|foto|photo|photos|picture|pictures|nomor|number|email|emails|alamat|address|riwayat|history"
        "|information|informasi|details|info|nama|name|kartu|card|record|records|ktp|nik|cv|lamaran|recording|recordings|rekaman|suara|jejak|percakapan|chat|chats|transaksi|pembelian|purchase|purchases)"),
    ),
    "mine": (
        "[semua|seluruh|segala|all] <thing> ..5 <me>", "my ..3 <thing>", "(datanya|dataku|akunku|nomorku|fotoku|dataku)", "<thing> anak [saya]",
        "(our|child|daughter|son) [s] <thing>", "personal (data|information|details|info)", "data pribadi",
        "(everything|anything|whatever|stuff|semua|segala|apapun) ..5 (about|on|under|tentang|soal|mengenai|atas nama) (<me>|my name)",
    ),
    "gone": (
        ("(hapus|hapuskan|menghapus|dihapus|dihapuskan|buang|buangkan|membuang|dibuang|hilangkan|menghilangkan|dihilangkan|lenyapkan|bersihkan|coret|dicoret|delete|deleted|erase|erased|remove|removed|wipe|wiped"
        "|scrub|purge|bin|drop|dump|forget)"), "(get|getting) rid of",
    ),
    "used": ("(pakai|gunakan|olah|sentuh|menggunakan|memakai|dipakai|digunakan|dipergunakan|diproses|diolah|diutak|disentuh|dimanfaatkan|use|used|using|process|processed|processing|touch|touched|exploited)",),
    "give": (
        ("(kasih|dikasih|memberi|memberikan|diberi|diberikan|berikan|kirim|kirimkan|dikirim|dikirimkan|mengirim|jual|dijual|menjual|bagikan|membagikan|dibagikan|bagi|dibagi|serahkan|diserahkan|teruskan|diteruskan|oper|dioper"
        "|sebar|disebar|disebarkan|bocor|bocorkan|give|gave|given|giving|hand|handed|handing|pass|passed|passing|share|shared|sharing|sell|sold|selling|send|sent|sending|forward*|disclos*|leak*|transferred)"),
    ),
    "whom": ("(who|whom|siapa|mana)",),
    "elsewhere": (
        "(new|another|other|different|next|lain|lainnya|sebelah|baru|competing|rival) ..1 (provider|company|shop|store|service|carrier|bank|app|toko|perusahaan|penyedia|layanan|operator|aplikasi|tempat)", "(elsewhere|somewhere else)",
        "(toko|perusahaan|penyedia|layanan|operator|aplikasi|tempat) (lain|lainnya|sebelah|baru)",
    ),
    "for-now": ("(dulu|sementara|until|till|sampai|selama|meanwhile|temporarily|while|for now|for a while|for the moment|for the time being)",),
    "field": ("(nama|alamat|nomor [hp|telepon|ponsel|kontak]|email|surel|tanggal lahir|nik|surname|name|address|phone [number]|date of birth|birthday|e mail|birthdate|birth date|mobile [number]|postcode|kode pos)",),
    "others": (
        "(mitra|partner*|afiliasi|affiliate*|pihak ketiga|pihak lain|third party|third parties|perusahaan lain|other companies|others|orang lain|broker*|advertisers|pengiklan|dealer|dealers)",
    ),
    "processing": ("(pemrosesan|pengolahan|processing)",),
    "use": ("(penggunaan|pemakaian|use|using)",),
    "advertising": (
        ("(promosi|promo|promonya|iklan|iklannya|newsletter|newsletters|marketing|penawaran|ads|advert*|spam|langganan|berlangganan|telemarketing|offers|offer"
        "|promotion|promotions|promotional|buletin|broadcast|mailing|diskon)"),
    ),
    "hold": (
        "(simpan|disimpan|menyimpan|disimpen|nyimpen|punya|miliki|memiliki|dimiliki|pegang|kumpulkan|dikumpulkan|hold|have|keep|kept|store|stored|held|collect|collected|got)",
    ),
    "machine": (
        "(sistem|mesin|otomatis|komputer|algoritma|algoritme|algorithm|automated|automatic|automatically|machine|computer|robot|bot|ai|system)",
    ),
    "refused": ("(ditolak|tolak|menolak|reject*|declin*|denied|refused|keputusan|memutuskan|diputuskan|decision|decid*|diblokir|blocked|skor|score)",),
}  # fmt: skip
"""Names that phrases use."""

PHRASES = {
    NOT: (
        "(jangan|bukan) [minta|sampai|pernah] (hapus|menghapus|dihapus|tutup|ditutup|ubah|diubah) ..3 <mine>", "(do not|don t|not) [want you to] (delete|erase|remove|close|change) ..3 <mine>",
        "(jangan|bukan|tanpa) [minta|sampai|pernah] (hapus|menghapus|dihapus|tutup|ditutup|ubah|diubah)", "(do not|don t|not) [want you to] (delete|erase|remove|close|change) ",
        "(were|was|got|been|accidentally|suddenly|mysteriously) (deleted|erased|removed|wiped)", "(cara|how to|how do i|how can i) ..2 (ganti|ubah|update|upgrade|reset|change) [my] (password|sandi|firmware|software)",
        "(update|upgrade) [the] (firmware|software|perangkat)", "deleted my <thing>",
        "(nomor|no) (resi|pesanan|order|seri|serial|invoice|tagihan|antrean|antrian|produk|model|pelacakan|tiket)", "(order|tracking|serial|invoice|model|ticket|reference|product) number",
        "(paket|barang|pesanan|parcel|invoice|faktur|order|kurir|courier|tagihan) ..6 (ke|to|at) ..1 (my|alamat|rumah|email|nomor|akun)",
    ),
    "sure deletion": (
        "<gone> ..4 <mine>", "<mine> ..6 <gone>", "(want|wish|like|ask|mau|ingin|minta|mohon) ..3 (be forgotten|dilupakan)",
        "(take|get|keluarkan|tarik) ..1 (me|saya|<mine>) ..2 (out of|off|from|dari) ..2 (database|databases|system|systems|records|files|sistem|basis data|server)",
        "(none|nothing|no trace|tidak ada) ..3 (<mine>|about me|of me|tentang saya) ..4 (remains|remain|left|stays|tersisa|tertinggal)",
        "(tidak|gak|ga|nggak|don t|do not|not) ..2 (mau|ingin|want) ..3 (simpan|menyimpan|disimpan|keep|keeping|store|storing|hold|holding) ..3 <mine>",
        "(bersihkan|membersihkan|lenyapkan|melenyapkan|menghilangkan|scrub|purge|expunge|get rid of|clear out) ..4 <mine>",
        "<mine> ..6 (dibersihkan|dilenyapkan|purged|scrubbed|wiped|expunged)",
        "(want|like|need) ..2 <mine> ..9 (gone|deleted|erased|removed|wiped)",
        "(get rid of|delete|erase|remove|wipe|hapus|hapuskan) ..2 (everything|anything|whatever|all|semua|segala) ..6 (about|on|of|tentang|mengenai|soal) <me>",
        "(data|account|akun|profil|profile) ..4 (get rid of|erase|delete) (them|it|all of it)",
        "(hapus|hapuskan|menghapus|menghapuskan|dihapus|dihapuskan|penghapusan|apus|delete|deleting|erase|erasing|erasure|remove|removing|deletion|wipe|hilangkan) ..4 <mine>",
        "<mine> ..6 (dihapus|dihapuskan|hapus|deleted|erased|removed|dihilangkan)", "right to (be forgotten|erasure|deletion)",
        "hak ..2 (dilupakan|penghapusan|dihapus)", "(erase|delete|hapus|hapuskan) (them|it all|semuanya|everything|all of it)", "no (business|right|reason) ..2 (keep*|hold*|stor*|to keep|to hold) ..3 <mine>",
        "(jangan|tidak|don t|do not) ..2 (simpan|menyimpan|keep|store|retain) ..3 <mine>",
        "(tutup|menutup|ditutup|close|closing|cancel) ..4 (akun|account|membership|keanggotaan) ..4 (hapus|menghapus|delete|erase|remove)",
    ),
    "hint deletion": (
        "(tutup|menutup|ditutup|penutupan|close|closing|deactivate|nonaktifkan|menonaktifkan|cancel) ..3 (akun|account|membership|keanggotaan|member)",
        "(lupakan|forget) (saya|me)", "(remove|delete|hapus) (me|saya)", "(masih|still) ..3 <hold> ..3 <mine>",
    ),
    "sure destruction": (
        "<mine> ..6 dimusnahkan", "(musnahkan|memusnahkan) ..4 <mine>",
        "(formulir|kertas|arsip|form|forms|paper|papers|paperwork|photocopy|photocopies|passport|scan|scans|surat) ..9 (dihancurkan|dimusnahkan|destroyed|shredded|pulped)",
        "(shred|destroy|hancurkan|menghancurkan|musnahkan) ..5 (formulir|kertas|arsip|form|forms|paper|papers|paperwork|passport|scan|scans|surat)",
        "(dihancurkan|hancurkan|menghancurkan) ..5 <mine>", "<mine> ..5 (dihancurkan|hancurkan)", "(data|dokumen|ktp|berkas|fotokopi|documents|records|copies|copy|scan|scans|passport|paspor|cv|lamaran) ..6 (dihancurkan|destroyed|shredded)",
        "(musnahkan|memusnahkan|dimusnahkan|pemusnahan|destroy|destroyed|destruction|shred|shredded) ..6 (data|dokumen|ktp|copy|copies|photocopy|photocopies|salinan|berkas|documents|records|fotokopi|cv)",
        "(ktp|dokumen|berkas|fotokopi|documents|records|copies|copy) ..9 (dimusnahkan|destroyed|shredded)",
    ),
    "sure access": (
        "(who|whom|siapa|kemana|ke mana) ..6 <give> ..4 <mine>", "<mine> ..5 <give> ..2 (ke|kepada|sama|to|with) ..2 <whom>",
        "(did|do|have|are|were|apakah|apa) ..1 (you|they|kalian|anda|kamu|mereka) ..3 <give> ..4 <mine>", "(apakah|apa|is|are|was|were|has|have) ..1 <mine> ..4 <give>",
        "(data|info|informasi|information|catatan) apa ..6 (soal|tentang|mengenai) <me>", "<hold> (data|info|informasi|catatan) apa",
        "(send|give|show|tell|email|let me have|kirim|kirimkan|berikan|kasih|tunjukkan|perlihatkan|lihat|melihat) ..4 (everything|whatever|anything|stuff|all|segala|semua) ..9 (under|atas) (my name|nama saya)",
        "(what|everything|anything|apa|semua) ..4 (know|knows|tahu|ketahui|diketahui|tau) ..2 (about|on|tentang|soal|mengenai) <me>",
        "apa [saja|aja] ..1 (data|informasi|info|catatan) ..4 <me> ..3 (disimpan|tersimpan|tercatat|dipegang|dimiliki|dikumpulkan)",
        "(transcript|transcripts|transkrip|recording|recordings|rekaman|log|logs|catatan) ..2 (of|from|dari) ..2 (my|our|saya|percakapan saya)",
        "<mine> ..5 (dikasih|dikirim|diserahkan|disampaikan|passed|sent|disclosed|given) ..2 (ke|kepada|to) ..1 (siapa|whom|who)",
        "(to whom|to who|kepada siapa|ke siapa) ..8 <mine>",
        "(entitled|right|hak|berhak) ..1 (to|untuk|atas) ..1 (see|know|view|receive|obtain|inspect|melihat|tahu|mengetahui|memperoleh|mendapat|mendapatkan) ..5 (<mine>|about me|on me|tentang saya)",
        "(records|file|files|information|data|details) ..4 (keep|hold|have|got|stored|simpan|punya) ..3 (on|about|tentang|mengenai) <me>",
        "(send|give|show|tell|email|kirim|kirimkan|berikan|tunjukkan|perlihatkan) ..3 (everything|whatever|anything|all|segala|semua|apa saja) ..8 (about|on|tentang|mengenai|soal) <me>",
        "(rincian|ringkasan|overview of|summary of|list of) ..3 <mine>",
        "(request|requesting|minta|meminta|mohon|memohon|want|would like|need|butuh|ingin|mau) ..2 (akses|access) ..4 (<mine>|data)", "(salinan|copy|copies|rekap|transcript|transkrip) ..6 <me>", "(know|tahu|mengetahui|tau) ..2 (which|what|apa) ..7 (<hold>|holding|keeping|storing)", "(siapa|who) ..4 (menerima|terima|dapat|receive*|got|has|have|punya|see|sees|melihat|lihat) ..3 <mine>", "(which|what) ..2 (of my) ..2 (data|information|details) ..3 (<hold>|holding|keeping)",
        "(salinan|copy|copies|fotokopi|rekap) ..5 <mine>", "(data|informasi|info) apa [saja|aja] ..6 <hold>", "<mine> ..9 (salinannya|kopiannya|copy of it)", "(everything|all|semua) [that|yang] ..2 (you|kalian|anda) ..2 (know|hold|have|tahu|punya|simpan) ..3 (about|on|tentang|soal|mengenai) <me>",
        "(apakah|do you|did you|have you|are you) ..4 (share*|sell|sold|selling|sharing|dibagikan|dijual|diberikan|bagikan|jual) ..5 (<mine>|lain|others|third|partner*|pihak)", "(data|informasi|details) ..3 <me> apa [saja|aja]",
        "(what|which|all|any) ..3 (data|information|info|details) ..5 <hold> ..4 (me|us|myself|my)", "(subject access|access request|dsar)",
        "(hak|right) ..2 (akses|access)", "(rekam jejak|track record) ..3 (pemrosesan|processing)", "<mine> ..4 <hold> [di|oleh] (kalian|anda)",
        "(lihat|melihat|akses|mengakses|access|see|view|tahu|mengetahui|minta|meminta|request|kirimkan|send) ..4 (semua|seluruh|all) ..2 <mine>",
        "(lihat|melihat|mengakses|see|view|inspect) ..3 (data pribadi|personal data|data saya|my data|my personal)",
        "(who|whom|siapa) ..7 (share*|sell|sold|berikan|membagikan|jual|dibagikan|accessed|mengakses|akses|given|gave) ..4 <mine>",
        "<mine> ..6 (dibagikan|diberikan|shared|sold|dijual|disebarkan) ..3 (siapa|whom|who)", "everything you <hold> ..2 (on|about) me",
    ),
    "hint access": (
        "(data pribadi|personal data|personal information|data saya|my data|data diri|privasi|privacy|perlindungan data|pelindungan data|data protection)",
        "(data|informasi|information) ..4 (tentang|mengenai|about|on) <me>", "(dijual|disebar|bocor|leaked|sold) ..4 <mine>", "<mine> ..3 (dijual|disebar|bocor|leaked|sold)"),
    "sure information": (
        "(untuk|buat|demi) ..1 [keperluan|kepentingan|tujuan|urusan|alasan] apa ..5 <mine>", "(what|which) (purpose|purposes|reason|reasons) ..6 <mine>", "<mine> ..3 <used> ..2 (untuk|buat) ..1 apa",
        "(dapat|dapet|memperoleh|get|got|obtain*) ..1 (nomor|data|email|alamat|number|address|contact|kontak|details|nama|name|no) ..5 (dari mana|darimana|dari siapa|where from|from where)",
        "<mine> ..4 (dipakai|digunakan|dipergunakan|diproses|diolah|used|processed|needed|diperlukan|dibutuhkan) ..1 (untuk apa|buat apa|for what|what for)",
        "what ..3 (use|using|used|do|doing|does) ..2 <mine> ..1 for",
        "what (do|are|will|did) (you|they) ..1 (do|doing) with ..1 <mine>",
        "(from whom|dari siapa|dari pihak mana|who gave you|who sold you|who told you|siapa yang (memberi|memberikan|kasih|ngasih)) ..6 <thing>",
        "<thing> ..9 (dapatnya|dapat|diperoleh|didapat|didapatkan|got it|obtained) ..1 (dari siapa|dari mana|from whom|from where)",
        "(on|under|by) (what|which) ..1 (grounds|ground|basis|authority|right) ..4 (process*|use|using|collect*|keep|hold|store)",
        "(atas|dengan) dasar apa ..5 (memproses|memakai|menggunakan|menyimpan|mengolah|mengumpulkan|meminta|diproses|dipakai|digunakan|disimpan)",
        "[for] how (many|much) (years|months|days|time) ..8 (kept|retain*|stored|held)",
        "(berapa (tahun|bulan)|sampai kapan|until when) ..6 (disimpan|menyimpan|simpan|kept|keep|stored|store|retain*)",
        "apa ..1 (keperluan|kepentingan|kegunaan|gunanya|perlunya|maksud|alasan) ..9 (foto|ktp|nik|data|nomor|lokasi|wajah|selfie|tanggal lahir)",
        "(how|why) ..2 (come|is it that|do|did|does) ..2 (you|they|your) ..2 (have|know|got|get) ..2 my ..2 (number|email|address|name|phone|phone number|contact|details)", "(purpose|tujuan|alasan) ..6 (collect*|ask*|meminta|mengumpulkan|minta|memakai|menggunakan|using|processing) ..5 (nik|ktp|tanggal lahir|birth|date of birth|lokasi|location|data|nomor|alamat)", "(why|kenapa|mengapa) ..4 (meminta|mengakses|melacak|merekam|record*|track*|access*|collect*|mengumpulkan) ..5 (nik|ktp|tanggal lahir|birth*|lokasi|location|data|selfie|phone|address|nomor|alamat|suara|kontak|contacts|microphone|calls)",
        "(dari mana|darimana|where|how) ..6 (dapat|dapet|mendapat|mendapatkan|peroleh|memperoleh|tahu|tau|get|got|obtain|obtained|find|found) ..5 (nomor|data|email|alamat|number|address|contact|kontak|details|nama|name|no)",
        "(untuk apa|buat apa|what for) ..7 (nik|ktp|tanggal lahir|birth*|lokasi|location|data|selfie|nomor|alamat)",
        "(why|kenapa|mengapa) ..4 (need*|ask*|require*|want*|perlu|butuh|harus|minta|diminta|wajib|pakai) ..7 (nik|ktp|tanggal lahir|birth*|date of birth|lokasi|location|data|selfie|phone|address|nomor|alamat|identity)",
        "(dasar hukum|legal basis|lawful basis)", "(tujuan|purpose) ..5 (pemrosesan|pengumpulan|processing|collecting|collection)",
        "how long ..4 (keep|store|retain)", "berapa lama ..4 (simpan|disimpan|menyimpan)",
        "(gimana|bagaimana|kok|how) ..3 (bisa|dapat|kalian) ..4 (tahu|tau|punya|dapat|dapet) ..3 (nomor|email|alamat|nama|data)",
    ),
    "sure correction": (
        "(name|nama) ..4 (misspelt|misspelled|misspelling|spelt wrong|spelled wrong|salah ketik|salah tulis|salah eja)",
        "(kesalahan|salah ketik|salah tulis|mistake|error|typo|misprint) ..3 (pada|di|dalam|in|on|with) ..2 <field>",
        "<field> ..4 (has changed|have changed|is different now|sudah berubah|sudah ganti|berganti) ..6 (replace|update|change|correct|perbarui|ganti|sesuaikan|catat)",
        "<field> ..5 (seharusnya|harusnya|should be|should read|ought to be)",
        "<field> ..9 (off by|bukan milik|tidak berlaku|kedaluwarsa|kadaluarsa|tidak benar|tidak tepat|not right|isn t right|not mine|out of date|a typo|a mistake|an error)",
        "<field> ..14 (disesuaikan|dibenarkan|dirapikan|diluruskan|direvisi|set straight|set it straight|put right|put it right|be amended)",
        "(benarkan|membenarkan|sesuaikan|menyesuaikan|luruskan|meluruskan|revisi|merevisi|revise|replace) ..4 (<field>|my details|data diri|data saya)",
        "(maiden|former|previous|expired) <field>",
        "(ganti|mengganti) ..1 (nama|alamat|nomor (hp|telepon|ponsel|kontak|saya)|no hp|email|surel|tanggal lahir|data (diri|pribadi|saya|akun|pelanggan)|nik|name|address|phone|profil|profile)",
        "<field> ..6 (salah|keliru|typo|wrong|incorrect|misspel*|misspelt|kurang huruf|tertulis)", "<field> ..14 (dikoreksi|dibetulkan|diperbaiki|diralat|be corrected|be fixed)",
        ("(perbaiki|memperbaiki|diperbaiki|perbaikan|koreksi|mengoreksi|dikoreksi|ubah|mengubah|diubah|diganti|betulkan|membetulkan|dibetulkan|update|diupdate|perbarui"
        "|memperbarui|diperbarui|correct|change|fix|rectify|amend|lengkapi|melengkapi|pembaruan|ralat) ..4 (nama|alamat|nomor (hp|telepon|ponsel|kontak|saya)|no hp|email|surel|tanggal lahir|data (diri|pribadi|saya"
        "|akun|pelanggan)|nik|name|address|phone|phone number|birth*|date of birth|details|personal information|profil|profile|surname|my number)"),
        "(nama|alamat|name|surname|address|tanggal lahir|birthday|date of birth|birth date|my details|data saya|data diri) ..6 (salah|keliru|wrong|wrongly|incorrect|incorrectly|misspel*|outdated|tidak sesuai|typo)",
        "(salah|keliru|wrong|incorrect|misspel*|misspelled) ..3 (nama|ejaan|alamat email|alamat saya|name|my address|spelling|date of birth|tanggal lahir|data diri)",
        "<field> ..8 (diganti|diubah|diperbarui|diperbaiki|dikoreksi|update it|change it|correct it|fix it|update that|change that)", "(wrong|incorrect|outdated|old) <field>", "<field> (yang) (salah|keliru|lama)",
    ),
    "hint correction": (
        "(pindah|pindahan|moved|moving) ..3 (rumah|alamat|house|home|address|to)", "(nama|nomor|alamat|name|number|address) ..4 (lama|old|baru|new)",
        "(sudah|udah|have|has) ..2 (menikah|cerai|married|divorced)", "nomor (hp|telepon|ponsel) ..4 (salah|ganti|berubah)",
    ),
    "sure withdrawal": (
        "(izin|ijin|persetujuan|consent|permission) ..6 (cabut|dicabut|tarik|ditarik|batal|batalkan|dibatalkan|back)", "(no longer|not|never|don t) ..1 (consent|agree) (to|with) ..3 (you|your|this|that|using|what|how|the)",
        "(tidak) (usah|perlu|boleh) ..3 (kirim*|kirimi|sms|wa|telepon|hubungi|<advertising>)",
        "(never|not|don t|no longer|tidak|gak|ga|nggak) ..3 (hear|hearing|receive|see|get|dengar|menerima|terima) ..4 <advertising>",
        "(take|get|drop|keluarkan|coret) ..2 (me|us|saya|my number|my email|nomor saya|email saya) ..2 (off|from|out of|dari) ..5 (<advertising>|list|lists)",
        "(quit|cease) ..1 (sending|texting|calling|mailing|emailing|messaging|contacting)",
        "(take|taking|took) ..3 (consent|permission|agreement) back",
        "(consent|persetujuan|izin|ijin|permission) ..5 (withdrawn|revoked|dicabut|ditarik kembali|dibatalkan|cancelled)",
        "(blast|blasts|wa|sms|<advertising>) ..4 (disetop|distop|dihentikan)",
        "(no longer|not) ..2 (consent|agree) to ..3 (being|be|receiving|the use|your|get|marketing)", "(tidak|gak|ga|nggak) ..1 lagi ..2 (setuju|mengizinkan|berkenan)", "(batal|batalin|cabut|tarik|menarik|mencabut|membatalkan|withdraw|revoke) ..5 (setuju|izin|ijin|persetujuan|agreement|opt in|langganan)",
        "(tarik|menarik|cabut|mencabut|batalkan|membatalkan|penarikan|withdraw|withdrawing|revoke|revoking|take back) ..5 (persetujuan|consent|izin|ijin|permission)",
        "(berhenti|stop|hentikan|menghentikan|setop|unsubscribe|unsub|opt out|no more|cukup) ..6 <advertising>", "unsubscribe",
        "(berhenti|stop|setop|hentikan) ..2 (kirim|kirimi|mengirim|hubungi|menghubungi|telepon|telpon|menelepon|sms|wa|send*|call*|contact*|email*|text*|messag*|spam*)",
        "(jangan|do not|don t|never|no longer|not want) ..4 (kirim|kirimi|kirimkan|hubungi|telepon|telpon|sms|wa|send|call|contact|email|text|receive) ..7 (<advertising>|lagi|again|anymore|any more)",
        "(tidak|gak|ga|nggak|enggak|tak|ngga) ..2 (mau|ingin|pengen|pernah setuju|bersedia|berkenan) ..3 (terima|menerima|dapat|dapet|dikirimi|dihubungi|ditelepon|ditelpon|di) ..5 (<advertising>|lagi|sms|email|wa)",
        "(remove|take|hapus|keluarkan|coret) ..4 (mailing list|email list|milis|daftar (email|penerima|kirim|promo|langganan)|marketing list|list)",
        "(enough|fed up|done) with ..4 <advertising>", "(no|don t want) (more|any more|any) ..3 <advertising>", "(remove|take) (me|us) ..2 (from|off) ..4 (list|lists)",
    ),
    "hint withdrawal": (
        "(terganggu|mengganggu|annoy*|bombard*|tired|capek|muak|sick|kesal|risih) ..7 (<advertising>|sms|telepon|calls|emails|email|messages|wa)",
        "(terlalu banyak|too many|terus|tiap hari|every day|setiap hari) ..5 (<advertising>|sms|calls|emails|email)", "(never|tidak pernah|gak pernah|ga pernah) ..3 (signed up|subscribe*|daftar|mendaftar|setuju|consent*|agreed|opted)",
    ),
    "sure objection": (
        "(not ok|not okay|not happy|not fine|not comfortable|uncomfortable|unhappy|don t like|do not like) ..2 <mine> ..4 (used|shared|sold|profil*|analysed|analyzed|combined|processed)",
        "(may not|must not|cannot|can t|not allowed to|no permission to|forbid you to|tidak boleh|dilarang) ..2 (use|share|sell|pass|give|disclose|analyse|analyze|memakai|menggunakan|membagikan|menjual|memberikan|menyebarkan|menganalisis) ..2 <mine>",
        "(berkeberatan|keberatan|object|disagree|oppose|not ok|not okay|not comfortable|uncomfortable|tidak rela|tidak mengizinkan) ..7 (dianalisis|diteruskan|diserahkan|disebar|disebarkan|dijual|handed|passed|given|sold|profiled|analysed|analyzed|combined)",
        "(jangan|do not|don t|stop|never) ..2 (sebar|sebarkan|menyebarkan|serahkan|menyerahkan|bocorkan|jual|berikan|teruskan|give|hand|pass|sell|disclose|share|release) ..6 <others>",
        "(not|don t) want ..1 <mine> ..4 (used|shared|sold|analysed|analyzed|profiled|combined)",
        "(dijadikan|menjadi) ..2 (profil|target iklan|sasaran iklan)",
        "(menolak|tolak|keberatan|refuse|object) ..3 (penggunaan|pemakaian|pengolahan|penyebaran|the use|use|analysis|profiling|pelacakan)", "(jangan|do not|don t|stop|never) ..2 (pass*|give|giving|hand|handing|berikan|kasih|forward*|oper|teruskan) ..1 [on] <mine>",
        "(keberatan|object|objecting|objection|oppose) ..7 (pemrosesan|diproses|processing|processed|profil*|data|dipakai|digunakan|penggunaan|use|used|using|tracking|dibagikan|sharing|shared)",
        ("(stop|berhenti|hentikan|setop|jangan|don t|do not|quit) ..3 (pakai|menggunakan|gunakan|memakai|using|use|share|sharing|bagikan|membagikan|jual|menjual|sell|selling|profiling|track|tracking|lacak|melacak"
        "|sebarkan|berikan|analyse|analyzing|profile) ..6 (<mine>|<me>)"),
        "(tidak|gak|ga|nggak|enggak|tak|not|don t|never) ..1 (setuju|agree*|mau|want|rela|ikhlas|terima|consent) ..3 <mine> ..4 (dipakai|digunakan|dianalisis|diproses|dibagikan|dijual|disebar|used|analysed|analyzed|shared|sold|processed)",
    ),
    "sure restriction": (
        "<mine> ..2 (jangan) ..2 <used> ..2 <for-now>", "(jangan|stop|don t|do not|tidak boleh|not) ..2 <used> ..2 <mine> ..6 <for-now>", "(put|keep|leave) ..1 <mine> ..2 (on hold|alone|on ice)", "(bekukan|dibekukan|freeze) ..3 <mine>",
        "<mine> ..3 (dibekukan|diblokir sementara|frozen|restricted|limited)",
        "(<processing>|<use>) ..6 (dibatasi|restricted|limited|dibekukan|frozen)",
        "<mine> ..3 dibatasi", "penggunaan ..4 dibatasi",
        "(batasi|membatasi|pembatasan|dibatasi|restrict|restricted|restriction|limit|limiting|freeze|bekukan) ..5 (pemrosesan|processing|penggunaan|data|use of)",
    ),
    "sure delay": (
        "(<processing>|<use>) ..6 (ditunda|ditangguhkan|delayed|postponed|suspended|paused)",
        "(hold off|wait with|hold back) ..3 (<processing>|<use>)",
        "<mine> ..4 (ditunda|ditangguhkan) ..2 (diproses|pemrosesannya|dipakai|digunakan)",
        "(tunda|menunda|penundaan|ditunda|tangguhkan|delay|suspend|postpone|pause|put on hold) ..5 (pemrosesan|processing|penggunaan data|data saya|my data|use of my)",),
    "sure end": (
        "(akhiri|hentikan|berhenti|stop|setop|cease|end|quit) ..1 (proses|memproses|mengolah|olah|process|processing|mengelola) ..3 <mine>",
        "<processing> ..6 (diakhiri|dihentikan|ended|terminated|ceased|to end|to stop|to cease)",
        "(akhiri|mengakhiri|pengakhiran|diakhiri|hentikan|menghentikan|dihentikan|end|cease|stop|terminate) ..4 (pemrosesan|processing|memproses) ",
    ),
    "sure portability": (
        "<mine> ..8 (take|bawa|move|pindah|pindahkan|use) ..3 (<elsewhere>|with me)",
        "(portabilitas|portability|machine readable)", "(pindah|pindahkan|memindahkan|transfer|move|port|alihkan|migrasi|bring) ..3 <mine> ..8 (ke|to|provider|perusahaan|lain|another|competitor)",
        "(ekspor|mengekspor|export|unduh|mengunduh|download) ..4 <mine>", "<mine> ..12 (csv|json|xml|excel)", "<mine> ..6 (format|file|berkas) ..6 (another|other|lain|machine|mesin|dibaca)", "(csv|json|xml) ..6 <mine>",
    ),
    "hint portability": ("<mine> (to|ke) ..2 <elsewhere>",),
    "sure automated-objection": (
        "(otomatis|automatically) ..3 (refus*|menolak|ditolak|block*|cancel*|declin*|reject*|dibatalkan)", "<machine> ..7 (refuse|refuses|batalkan|dibatalkan|cancelled)", "(somebody|someone|seseorang|orang|staff|petugas|person) ..2 (to|untuk|yang) ..1 (review|check|look|decide|menilai|memutuskan|meninjau|periksa)",
        "<machine> ..7 <refused>", "<refused> ..7 <machine>", "(manusia|human|real person|orang beneran|petugas asli) ..5 (tinjau|meninjau|ditinjau|review*|periksa|look*|check*|decid*|memutuskan|menilai|putuskan)",
        "(tinjau|ditinjau|review|reviewed|diperiksa|looked at) ..4 (manusia|human|real person|orang)",
    ),
    "sure claim": (
        "(tuntut|menuntut|gugat|menggugat|gugatan|sue|suing|lawsuit|ganti rugi|kerugian|kompensasi|compensation|compensate|damages) ..10 (data|privasi|privacy|bocor|kebocoran|leak*|breach*)",
        "(data|privasi|privacy|bocor|kebocoran|leak*|breach*) ..12 (tuntut|menuntut|gugat|menggugat|gugatan|sue|suing|lawsuit|ganti rugi|kerugian|kompensasi|compensation|compensate|damages)",
    ),
}  # fmt: skip
"""By key: `sure` or `hint`, and the right."""
