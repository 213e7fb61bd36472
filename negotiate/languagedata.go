package negotiate

// Facts about languages that no tag shows. All are small excerpts of CLDR; the
// tests hold them against golang.org/x/text.

// aliases are codes of one language that stand for another in old or overlong
// tags. A script holds where the range names none.
var aliases = []struct{ from, to, script string }{
	{"als", "sq", ""},
	{"arb", "ar", ""},
	{"azj", "az", ""},
	{"cmn", "zh", ""},
	{"ekk", "et", ""},
	{"in", "id", ""},
	{"iw", "he", ""},
	{"ji", "yi", ""},
	{"jw", "jv", ""},
	{"khk", "mn", ""},
	{"lvs", "lv", ""},
	{"mo", "ro", ""},
	{"no", "nb", ""},
	{"pes", "fa", ""},
	{"prs", "fa", ""},
	{"sh", "sr", "latn"},
	{"swh", "sw", ""},
	{"tl", "fil", ""},
	{"uzn", "uz", ""},
	{"zsm", "ms", ""},
}

// near languages serve a reader of the first where nothing that the field names
// is offered, better ones first. Only those are listed that most readers of the
// first read with ease and without offence; CLDR goes further and would give
// Russian to a reader of Kazakh. An offer must be written so: Danish is near
// Bokmål, not whichever Norwegian "no" stands for.
var near = []struct {
	from string
	to   []nearLanguage
}{
	{"bs", []nearLanguage{{"hr", ""}, {"sr", "latn"}}},
	{"da", []nearLanguage{{"nb", ""}}},
	{"fy", []nearLanguage{{"nl", ""}}},
	{"gsw", []nearLanguage{{"de", ""}}},
	{"hr", []nearLanguage{{"bs", ""}}},
	{"lb", []nearLanguage{{"de", ""}}},
	{"ms", []nearLanguage{{"id", ""}}},
	{"nb", []nearLanguage{{"nn", ""}}},
	{"nds", []nearLanguage{{"de", ""}}},
	{"nn", []nearLanguage{{"nb", ""}, {"no", ""}}},
	{"oc", []nearLanguage{{"fr", ""}}},
	{"wuu", []nearLanguage{{"zh", "hans"}}},
	{"yue", []nearLanguage{{"zh", "hant"}}},
}

type nearLanguage struct{ base, script string }

// regionScripts are the scripts a language is likely written in where that is
// not the script it is written in elsewhere.
var regionScripts = []struct{ base, script, regions string }{
	{"az", "arab", "iq ir"},
	{"az", "cyrl", "ru"},
	{"ha", "arab", "cm sd"},
	{"kk", "arab", "af cn ir mn"},
	{"ku", "arab", "lb"},
	{"ky", "arab", "cn"},
	{"ky", "latn", "tr"},
	{"mn", "mong", "cn"},
	{"ms", "arab", "cc id"},
	{"pa", "arab", "pk"},
	{"sr", "latn", "me ro ru tr"},
	{"tg", "arab", "pk"},
	{"ug", "cyrl", "kz mn"},
	{"uz", "arab", "af"},
	{"uz", "cyrl", "cn"},
	{"yue", "hans", "cn"},
	{"zh", "hant", "au bn gb gf hk id mo my pa pf ph sr th tw us vn"},
}

const americas = "419 ag ai an ar aw bb bl bm bo bq br bs bz ca cl co cr cu cw dm do ec fk gd gf gl gp gt gy hn ht jm kn ky lc mf mq ms mx ni pa pe pm pr py sr sv sx tc tt us uy vc ve vg vi"

// regionGroups part the regions of a language in two whose readers are closer to
// one another than to the rest: those listed and all others.
var regionGroups = []struct{ base, script, regions string }{
	{"ar", "", "dz eh ly ma mr tn"},
	{"en", "", "as gu mh mp pr um us vi"},
	{"es", "", americas},
	{"pt", "", americas},
	{"zh", "hant", "hk mo"},
}

// homes are regions that stand for others of their group, beside the region a
// language is most likely from.
var homes = []struct{ base, regions string }{
	{"en", "gb 001"},
	{"es", "419"},
	{"pt", "pt"},
}
