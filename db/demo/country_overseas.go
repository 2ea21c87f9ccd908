package demo

var (
	englishWomen = list(`Olivia Amelia Isla Ava Emily Sophie Grace Charlotte Lily Jessica Sarah Emma Laura Rebecca Hannah
		Margaret Patricia Susan Linda Karen Alice Florence Matilda Harriet Aisha Priya Chloe Megan Fiona Eleanor Siobhán
		Zoë Martha Ruth Naomi`)
	englishMen = list(`Oliver George Harry Noah Jack Leo Arthur Thomas James William Edward Daniel Matthew Christopher
		David Andrew Robert Richard John Michael Samuel Benjamin Joseph Alexander Mohammed Ravi Callum Rhys Liam Seán
		Henry Nathan Owen Walter`)
	englishFamilies = list(`Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Wright Walker White Edwards
		Hughes Green Hall Lewis Harris Clarke Jackson Wood Turner Martin Cooper Hill Ward Morris Moore Clark Lee King
		Baker Harrison Morgan Allen Scott Watson Parker Bennett Young Cook Richardson Carter Collins Bailey Shaw Bell
		Murphy Miller Cox Khan Singh Begum Marshall Simpson Price Anderson Adams Wilkinson Foster Ellis Fletcher Reid
		Campbell Stewart O'Neill O'Brien MacDonald Okafor Nguyen`)
	englishTrades = list(`Bakery Books Joinery Motors Florists Plumbing Coffee Design Outfitters Pharmacy Printing
		Brewery Catering Dental Studio Garage`)
)

var britain = country{
	code: "GB", name: "United Kingdom", languages: []string{"en-GB", "en"}, currency: "GBP",
	women: englishWomen, men: englishMen, family: englishFamilies,
	streets: list(`High_Street Station_Road Church_Lane Victoria_Road Mill_Lane The_Green Park_Avenue Queen_Street
		Albert_Road Manor_Drive School_Lane Kings_Road Chapel_Street Orchard_Close Aldgate_Drive`),
	street: "{number} {street}",
	cities: []city{
		{"London", "Greater London", "EN #@@", "020 79## ####"},
		{"Manchester", "Greater Manchester", "M1# #@@", "0161 49# ####"},
		{"Birmingham", "West Midlands", "B1# #@@", "0121 49# ####"},
		{"Leeds", "West Yorkshire", "LS1# #@@", "0113 49# ####"},
		{"Glasgow", "", "G1# #@@", "0141 49# ####"},
		{"Bristol", "", "BS# #@@", "0117 92# ####"},
		{"Edinburgh", "", "EH# #@@", "0131 49# ####"},
		{"Cardiff", "", "CF1# #@@", "029 20## ####"},
		{"Belfast", "", "BT# #@@", "028 90## ####"},
	},
	dial: "44", trunk: "0", mobile: []string{"07400 ######", "07515 ######", "07812 ######", "07911 2#####"},
	trades: englishTrades, company: []string{"{family} {trade}", "{family} {trade} Ltd", "{family} & Sons Ltd", "{city} {trade} Ltd"},
	companyNo: "0#######",
}

var america = country{
	code: "US", name: "United States", languages: []string{"en-US", "es-US"}, currency: "USD",
	women: englishWomen, men: englishMen, family: englishFamilies,
	streets: list(`Main_St Oak_Ave Maple_St 2nd_St Park_Ave Cedar_Ln Elm_St Washington_Blvd Lake_Rd Hill_St Walnut_St
		Sunset_Blvd River_Rd Lincoln_Ave Broadway`),
	street: "{number} {street}",
	cities: []city{
		{"New York", "NY", "100##", "(212) N##-####"},
		{"Los Angeles", "CA", "900##", "(213) N##-####"},
		{"Chicago", "IL", "606##", "(312) N##-####"},
		{"Houston", "TX", "770##", "(713) N##-####"},
		{"Seattle", "WA", "981##", "(206) N##-####"},
		{"Boston", "MA", "021##", "(617) N##-####"},
		{"Denver", "CO", "802##", "(303) N##-####"},
		{"Portland", "OR", "972##", "(503) N##-####"},
	},
	dial: "1", mobile: []string{"(917) N##-####", "(415) N##-####", "(646) N##-####"},
	trades: englishTrades, company: []string{"{family} {trade}", "{family} {trade} LLC", "{family} & Co. Inc.", "{city} {trade} Inc."},
	companyNo: "##-#######",
}

var canada = country{
	code: "CA", name: "Canada", languages: []string{"en-CA", "fr-CA"}, currency: "CAD",
	women: englishWomen, men: englishMen,
	family: list(`Smith Brown Tremblay Martin Roy Wilson MacDonald Gagnon Johnson Taylor Côté Campbell Anderson Leblanc
		Lee Jones White Williams Miller Thompson Gauthier Bouchard Pelletier Fortin Bélanger Singh Wong Chen Nguyen
		Fraser Morin Lavoie Ouellet Kelly Murray`),
	streets: list(`King_St_W Queen_St Main_St Maple_Ave Yonge_St Granville_St Dundas_St Wellington_St Elgin_St
		Water_St Victoria_Ave`),
	street: "{number} {street}",
	cities: []city{
		{"Toronto", "ON", "M5# #@#", "(416) N##-####"},
		{"Montréal", "QC", "H2@ #@#", "(514) N##-####"},
		{"Vancouver", "BC", "V6@ #@#", "(604) N##-####"},
		{"Calgary", "AB", "T2@ #@#", "(403) N##-####"},
		{"Ottawa", "ON", "K1@ #@#", "(613) N##-####"},
		{"Halifax", "NS", "B3@ #@#", "(902) N##-####"},
	},
	dial: "1", mobile: []string{"(647) N##-####", "(438) N##-####", "(778) N##-####"},
	trades: englishTrades, company: []string{"{family} {trade}", "{family} {trade} Ltd.", "{city} {trade} Inc."},
	companyNo: "######### RC0001",
}

var japan = country{
	code: "JP", name: "日本", languages: []string{"ja-JP", "ja"}, currency: "JPY",
	women: list(`陽子 恵子 由美子 美咲 葵 結衣 さくら 愛 真由美 直子 Yuki Haruka Aoi Yui Sakura Emi Naoko Keiko Mayumi Rin`),
	men:   list(`健 誠 大輔 翔太 蓮 拓也 隆 浩 和也 悠斗 Ken Makoto Daisuke Shota Ren Takuya Takashi Hiroshi Haruto Kaito`),
	family: list(`佐藤 鈴木 高橋 田中 渡辺 伊藤 山本 中村 小林 加藤 Satō Suzuki Takahashi Tanaka Watanabe Itō Yamamoto
		Nakamura Kobayashi Katō Yoshida Yamada Sasaki Matsumoto Inoue Kimura Hayashi Saitō Shimizu Mori`),
	streets: list(`Ginza Shibuya Shinjuku Minami Honchō Sakae Umeda Kitano Higashiyama Tenjin Chūō`),
	street:  "{number}-{number} {street}",
	cities: []city{
		{"東京", "東京都", "1##-00##", "03-3###-####"},
		{"大阪", "大阪府", "53#-00##", "06-6###-####"},
		{"Kyōto", "Kyōto", "60#-80##", "075-N##-####"},
		{"Sapporo", "Hokkaidō", "06#-00##", "011-2##-####"},
		{"Fukuoka", "Fukuoka", "81#-00##", "092-N##-####"},
	},
	dial: "81", trunk: "0", mobile: []string{"090-N###-####", "080-N###-####", "070-N###-####"},
	trades:    list(`Shōten Shoten Kōbō Ryokan Shokudō Yakkyoku`),
	company:   []string{"{family} {trade}", "株式会社{family}", "{family} {trade} K.K."},
	companyNo: "####-##-######",
}
