"""Other people's stores: what each holds is described, searched, changed and looked at again; one module a kind of store."""
