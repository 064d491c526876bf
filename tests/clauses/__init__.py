"""One test for each clause of the published privacy policy of PT Sony Indonesia that the present code makes true."""
