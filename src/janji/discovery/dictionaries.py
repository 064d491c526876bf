"""Dictionaries of the project's own: parts of names of people, words of addresses, places, plain words of two languages."""

from __future__ import annotations

_INDONESIAN = """
    abdul abdullah abdurrahman achmad ade adhi adi adinda aditya adji afifah agnes agung agus agustina ahmad aida aisyah aji akbar alfian
    ali alif alya amalia aminah amir ana anak ananda anang andi andika andini andre andreas andri andy anggi anggraeni anggraini anis anisa
    anita anjani anna annisa anton antonius anwar ara arda ardi ardiansyah arif arifin ario aris arief armand arya asep asih asri asti astri
    astuti atika aulia ayu azhar azis aziz azizah azka bachtiar bagas bagus bahar bahri bakti bambang bayu benny bima bintang boby budi
    budiman budiono budianto bunga cahya cahyadi cahyani cahyo candra catur chandra cici cinta citra cut dadang dani daniel danu darma
    darmawan darsono david dede deden dedi dedy denny deni desi desy detri devi dewa dewi dhani diah dian diana dika dimas dina dini dinda
    dini dita djoko dodi donny doni dwi dyah edi edy eka eko elis elisa ella elly elvira emi endah endang eni erik erlina erna ernawati erni
    erwin eva evi fadhil fadil fadli fahmi fahri faisal fajar fakhri farah farhan farid farida fatimah fauzan fauzi fauziah febri febrian
    febriani feri ferdian ferry fikri firdaus firman firmansyah fitri fitria fitriani frans fransiska galang galih galuh gede gilang gina
    gita grace gunadi gunawan guntur gusti habib habibi hadi hafiz hakim halim halimah hamid hamka hamzah hana handayani handoko hanif
    hanifah hardi hari harianto haris hariyadi harjono harry hartati hartini hartono haryanto hasan hasanah hasnah hasyim hendra hendri
    hendro heni henny heri herlina herman hermanto hermawan heru hery hesti hidayat hidayati husein husna husni ibrahim ida idris ika ikhsan
    ilham ilyas imam iman imelda ina indah indarto indra indrawan indri indriani intan irawan irawati irfan irma irwan isa iskandar ismail
    ismi isnaini istiqomah ita ivan iwan jaka jamal jamaludin jefri jeni jihad joko joni jono julia juliana juliani jumadi jumiati junaidi
    kadek kamal karina karim kartika kartini karyadi khadijah khairul kholid khoirul kiki komang komar krisna kristanto kristina kurnia
    kurniasih kurniawan kurniawati kusnadi kusuma kusumawati laila laksmi laras lasmi latif lestari lia lidya lilik lilis lina linda lukman
    lulu lusi lusiana luthfi mahendra mahmud maimunah made malik mansur mardiana margaretha maria mariana marlina marni martini maryam
    maryati masitoh maulana maya maysaroh mega megawati meilani melati mela melinda mira mita mochamad mohamad mohammad muhamad muhammad
    muhidin mukhlis mulyadi mulyani mulyono muna munir murni murti muslim mustafa mustika mutia mutiara nabila nabil nadia nadya naila nana
    nanang nanda nani natalia naufal neneng nengah ni nia niken nina nining nita noor nora nova novi novia novianti nugraha nugroho nur
    nuraini nurhasanah nurhayati nuri nurjanah nurul nurlaila nyoman oki oktavia oktaviani pandu panji paramita permana permata pipit
    prabowo pradana pramono pramudya pranata prasetya prasetyo prastowo pratama pratiwi prayitno prayoga puji purnama purnomo purwanti
    purwanto puspa puspita puspitasari putra putri putu raden radit raditya rafi rafli rahayu rahma rahmad rahman rahmat rahmawati rahmi
    raihan raka rama ramadhan ramadhani ramdani ramli rangga rani ranti rara rasyid ratih ratna ratri ratu raya regina reni reno renata reza
    rian riana ricky rida ridho ridwan rifki rika rina rini rio riri riska riski risma rita rizal rizki rizky rizqi robby robi rohani rohim
    rohman romi roni rosa rosdiana rosi rosita rudi rudy ruhiyat rukmana rusdi rusli rustam ruth sabar sabrina sakti salim salma salman
    salsabila samsul sandi sandra santi santika santoso sapta saputra saputri sari sarah sarwono satria satrio satya selamet septian
    septiani setia setiadi setiawan setiawati setiyono setyo sherly shinta sholeh silvia sinta siska siti slamet soedirman soleh sonia sri
    subagyo subekti sudarsono sudiro sudirman sugeng sugiarto sugiono suharti suharto suhartono suherman sujono sukardi sukarno sukma
    sulaiman sulastri sulistyo sulistyowati sumarni sumarno sumiati sunarti sunarto sunaryo supardi suparman supriadi supriyadi supriyanto
    surya suryadi suryani suryanto susanti susanto susi susilawati susilo sutarno sutrisno suwandi suwarno suyanto syahrul syaiful syamsul
    syarif syarifah syifa tania taufik taufiq tania tasya teguh teti tia tiara tika tini tio titi titik tito toni topan tri triana trisna
    tuti uci udin ujang ulfa umar umi untung usman utami utomo uus vera vero veronika vicky vina vino vita vivi wahid wahyu wahyudi wahyuni
    wahyuningsih wanda wardani wardhana wati wawan wayan wening widodo widi widia widiastuti widya widyastuti wijaya wijayanti wiji winarno
    winarti winda windi wira wisnu wiwik wiwin wulan wulandari yana yani yanti yanto yanuar yasin yati yayan yayuk yeni yenny yesi yoga yogi
    yohanes yolanda yoyok yudi yudha yudhistira yuli yulia yuliana yuliani yulianti yulianto yunita yuniar yunus yusuf yuyun zaenal zahra
    zainal zainuddin zaki zulfikar zulkifli bin binti alamsyah budiarti damayanti dewanto ekawati febrianti gunarto haryono irawati juwita
    kusumo laksana mandala nurdin oktaviana palupi qomariah rosadi sasongko tanjung usada vidya winata yuwono zakaria safitri maharani
    anggraeni puspasari novitasari kartikasari wibowo wicaksono nurrahman rachman rachmawati syahputra syahrini hutagalung hutapea nasution
    lubis siregar harahap simanjuntak sihombing sinaga situmorang silalahi simbolon nainggolan panjaitan pasaribu tampubolon manurung
    hutabarat sitorus marpaung ginting tarigan sembiring karo purba saragih damanik batubara daulay rangkuti pohan dalimunthe tambunan
    siahaan napitupulu sianturi gultom aritonang togatorop pangaribuan sirait butarbutar lumban tobing pardede sitompul hasibuan pulungan
    matondang ritonga tanjung koto chaniago caniago piliang sikumbang guci lumentut mandagi manoppo rumengan sumampow waworuntu wenas tumbel
    kaligis pangemanan lasut mamahit pattiasina latuconsina pattimura tuasikal matulessy sahetapy leimena wanggai rumbiak kambuaya tan lim
    oei liem tjia tjahjadi halimansyah salim widjaja wijayakusuma kosasih gunadharma hartanto santosa sutanto setiabudi tanuwijaya lesmana
    budihardjo kusnandar ongko liu chen huang wong lie ong tjandra tedja raharjo sanjaya suryono sasmita suhendar suhendra nurcahyo
    nurcahyani prihatin prihandini pangestu pamungkas anggoro hapsari hastuti indriyani iswahyudi jatmiko kuncoro lazuardi mandasari
    mayasari narpati novitasari nuraeni padmasari pertiwi prabowo pudjiastuti rajasa ramayanti rakhmat ratnasari riyanto riyadi rosmala
    rusmana samosir sapardi sembada sihotang siswanto soekarno sitanggang sudarto sudibyo suganda sukmawati sulaksono suryatmi suwito
    tarihoran thamrin uyainah wacana wahono waluyo waskita wastuti widiyanto winarsih yulistiani yustisia zulaikha zulfa
"""
_ENGLISH = """
    aaron abigail adam adrian alan albert alex alexander alexandra alice alison allen amanda amber amy andrew angela ann anne anthony arthur
    ashley barbara ben benjamin betty beverly brandon brenda brian bruce bryan carl carla carol caroline catherine charles charlotte cheryl
    chris christian christina christine christopher cindy claire clara craig crystal cynthia dale danielle deborah debra dennis diane donald
    donna doris dorothy douglas dylan edward eileen elaine eleanor elizabeth emily emma eric ethan eugene evelyn florence frances frank fred
    gabriel gary george gerald gloria gordon graham greg gregory hannah harold heather helen henry howard hugh ian isabella jack jacob
    jacqueline james jane janet janice jason jean jeff jeffrey jennifer jeremy jerry jesse jessica jim joan joe john johnny jonathan jordan
    jose joseph joshua joyce juan judith judy julie justin karen katherine kathleen kathy keith kelly kenneth kevin kimberly kyle larry
    laura lauren lawrence leonard lewis lisa liam logan lois louis lucas lucy luke margaret marie marilyn mark martha martin mary mason
    matthew megan melissa michael michelle mike mildred monica nancy natalie nathan nicholas nicole noah nora norma olivia oscar pamela
    patricia patrick paul paula peter philip phillip phyllis rachel ralph randy raymond rebecca richard robert roger ronald rose ross roy
    russell ruth ryan samantha samuel scott sean sharon shawn sheila shirley simon sophia sophie stephanie stephen steve steven stuart susan
    sylvia tammy taylor teresa terry theresa thomas timothy todd tom tracy tyler victor victoria vincent virginia walter wanda wayne wendy
    william willie zachary smith johnson williams jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson
    moore jackson lee perez thompson white harris sanchez clark ramirez robinson walker young wright torres nguyen hill flores adams nelson
    baker hall rivera campbell mitchell carter roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris
    morales murphy cook rogers gutierrez ortiz morgan cooper peterson bailey reed howard ramos kim cox ward richardson watson brooks chavez
    wood bennett gray mendoza ruiz hughes price alvarez castillo sanders patel myers long foster jimenez powell jenkins perry sullivan bell
    coleman butler henderson barnes fisher vasquez simmons graham murray ford castro wallace gibson mcdonald harrison obrien kennedy muller
    schmidt schneider weber wagner becker hoffmann koch dubois laurent rossi ferrari yamada tanaka suzuki sato
"""
PEOPLE = frozenset((_INDONESIAN + _ENGLISH).split()) - {"anak", "ni"}
"""Given and family names that are usual in Indonesia, and the commonest in English; written down from general knowledge."""
TITLES = frozenset("""
    h hj dr drs dra ir prof sh se st mm mt mpd spd skom skm skep amd mkes msi ssi mba phd mr mrs ms miss bpk bapak ibu sdr sdri kh ust
    ustadz raden rr r m s a i moh muh abd jr sr ii iii
""".split())
"""What stands before, between or behind names: titles, degrees, initials."""
COMPANIES = frozenset("""
    pt cv tbk ltd inc corp llc gmbh co toko ud firma persero koperasi yayasan perum pd bumn company limited group holding
    nusantara warung apotek bengkel kantor universitas sma smk smp sd rsud rs hotel restoran bank dinas
""".split())
"""Words of names of companies, shops and institutions."""
PLACES = frozenset("""
    jakarta surabaya bandung medan semarang makassar palembang tangerang depok bekasi bogor yogyakarta malang surakarta solo denpasar
    batam pekanbaru padang lampung samarinda balikpapan banjarmasin pontianak manado jambi bengkulu ambon jayapura kupang mataram
    kendari palu gorontalo ternate sorong cirebon tasikmalaya sukabumi karawang serang cilegon magelang salatiga pekalongan tegal
    purwokerto kudus kediri blitar madiun probolinggo pasuruan mojokerto jember banyuwangi sidoarjo gresik sleman bantul cimahi banda
    aceh binjai pematangsiantar tarakan bontang palangkaraya singkawang bima parepare bitung tomohon lhokseumawe langsa dumai
    bukittinggi payakumbuh metro garut cianjur subang purwakarta indramayu majalengka kuningan brebes pemalang batang kendal demak
    jepara pati rembang blora grobogan sragen karanganyar wonogiri sukoharjo klaten boyolali temanggung wonosobo purworejo kebumen
    banjarnegara purbalingga cilacap banyumas jawa bali sumatera kalimantan sulawesi papua maluku riau banten nusa tenggara barat
    timur tengah selatan utara dki diy kota kabupaten kab kec kel kecamatan kelurahan desa provinsi menteng kebayoran cilandak kemang
    senayan tebet cengkareng kelapa gading pluit grogol palmerah setiabudi mampang pancoran cempaka kemayoran tanah abang sawah london
    paris tokyo singapore sydney york melbourne berlin amsterdam seoul kuala lumpur bangkok manila toronto chicago boston seattle
    dallas houston austin
""".split())
"""Towns, provinces and other places."""
STREETS = frozenset(
    "jl jln jalan gg gang komp komplek kompleks perum perumahan blok rt rw dusun kp kampung ds kel kec kab apartemen apt suite ste street st road rd avenue ave "
    "boulevard blvd lane ln drive highway hwy terrace crescent square".split()
)
"""Words of addresses."""
PLAIN = frozenset("""
    yang dan di ke dari untuk dengan tidak ini itu saya kami anda ada akan sudah belum bisa pada juga karena atau tapi tetapi mohon
    tolong terima kasih sangat lebih banyak masih lagi harus saat hari barang sekali kalau jika seperti agar nya sebagai oleh adalah
    telah dapat mau minta apakah kapan kenapa dimana bagaimana baik buruk bagus cepat lama nggak gak udah aja banget sama dia mereka
    kita pak bu sampai setelah sebelum the and to of a in is it you that was for on are with as this be at have from or had by not but
    what all were we when your can there an which their if do will how about out up them then she many some so these would other into
    has more her two like him see could no make than been its now my made did just over also back after our work well even want
    because any please thank thanks very good bad i he me us am not dont cant never always still again need help order delivery
    product great
""".split())
"""The commonest words of texts in two languages."""
MONTHS = {
    name: number
    for number, names in enumerate((
        "januari january jan", "februari february feb", "maret march mar", "april apr", "mei may", "juni june jun", "juli july jul", "agustus august agu agt aug",
        "september sep sept", "oktober october okt oct", "november nov nop", "desember december des dec",
    ), 1)
    for name in names.split()
}  # fmt: skip
"""Names of months."""
GENDERS = frozenset("""
    l p m f pria wanita laki-laki laki perempuan male female man woman laki laki-laki/perempuan x lk pr cowok cewek non-binary
    nonbinary other unknown lainnya 0 1 2 9
""".split())
RELIGIONS = frozenset("""
    islam kristen protestan katolik katholik hindu budha buddha konghucu khonghucu christian catholic muslim jewish judaism
    christianity hinduism buddhism protestant lainnya other none
""".split())
BLOOD = frozenset("""
    a b ab o a+ b+ ab+ o+ a- b- ab- o-
""".split())
