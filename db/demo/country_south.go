package demo

var france = country{
	code: "FR", name: "France", languages: []string{"fr-FR", "fr"}, currency: "EUR",
	women: list(`Marie Camille Léa Chloé Manon Emma Louise Jeanne Élodie Aurélie Céline Sandrine Nathalie Isabelle
		Sylvie Catherine Françoise Monique Anaïs Inès Zoé Margaux Amélie Hélène Fatou Yasmine Noémie Agnès`),
	men: list(`Jean Pierre Lucas Hugo Louis Gabriel Jules Adam Nicolas Julien Thomas Antoine Maxime Alexandre Guillaume
		François Philippe Michel Alain Bernard Rémi Théo Mathis Benoît Karim Mehdi Étienne Loïc Cédric Gaël`),
	family: list(`Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefèvre Michel
		Garcia David Bertrand Roux Vincent Fournier Morel Girard André Lefebvre Mercier Dupont Lambert Bonnet François
		Martinez Legrand Garnier Faure Rousseau Blanc Guérin Muller Henry Roussel Nicolas Perrin Morin Mathieu Gauthier
		Chevalier Lemaire Benali Diallo Le_Gall`),
	streets: list(`rue_de_la_République rue_Victor_Hugo avenue_Jean_Jaurès rue_des_Lilas rue_Pasteur place_du_Marché
		boulevard_Voltaire rue_de_l'Église rue_du_Moulin avenue_de_la_Gare rue_des_Écoles rue_Gambetta
		chemin_des_Vignes quai_Saint-Michel rue_Émile_Zola`),
	street: "{number} {street}",
	cities: []city{
		{"Paris", "", "7500N", "01 4# ## ## ##"},
		{"Marseille", "", "1300N", "04 91 ## ## ##"},
		{"Lyon", "", "6900N", "04 72 ## ## ##"},
		{"Toulouse", "", "31000", "05 61 ## ## ##"},
		{"Nantes", "", "44000", "02 40 ## ## ##"},
		{"Strasbourg", "", "67000", "03 88 ## ## ##"},
		{"Bordeaux", "", "33000", "05 56 ## ## ##"},
		{"Rennes", "", "35000", "02 99 ## ## ##"},
	},
	dial: "33", trunk: "0", mobile: []string{"06 1# ## ## ##", "06 8# ## ## ##", "07 6# ## ## ##"},
	trades:    list(`Boulangerie Librairie Pharmacie Menuiserie Fromagerie Hôtel Garage Fleuriste Imprimerie`),
	company:   []string{"{trade} {family}", "{trade} {family} SARL", "{family} et Fils", "{family} & Associés SAS"},
	companyNo: "### ### ###",
}

var italy = country{
	code: "IT", name: "Italia", languages: []string{"it-IT", "it"}, currency: "EUR",
	women: list(`Giulia Sofia Aurora Martina Chiara Francesca Alice Sara Elena Valentina Federica Paola Laura Anna Maria
		Giovanna Lucia Rosa Silvia Roberta Alessia Ilaria Beatrice Ginevra`),
	men: list(`Marco Alessandro Andrea Lorenzo Matteo Luca Francesco Davide Giuseppe Antonio Giovanni Roberto Stefano
		Paolo Simone Federico Riccardo Gabriele Mario Luigi Salvatore Vincenzo Leonardo Niccolò`),
	family: list(`Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De_Luca Costa
		Giordano Mancini Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini
		Leone Longo Gentile Martinelli Vitale Lombardo Serra Coppola D'Angelo Marchetti Parisi`),
	streets: list(`Via_Roma Via_Garibaldi Via_Mazzini Corso_Italia Via_Dante Via_Verdi Piazza_San_Marco Via_Cavour
		Via_XX_Settembre Via_Marconi Viale_Europa Via_della_Repubblica Via_Leopardi Corso_Vittorio_Emanuele`),
	street: "{street} {number}",
	cities: []city{
		{"Roma", "RM", "001##", "06 N#######"},
		{"Milano", "MI", "201##", "02 N#######"},
		{"Napoli", "NA", "801##", "081 N######"},
		{"Torino", "TO", "101##", "011 N######"},
		{"Bologna", "BO", "401##", "051 N#####"},
		{"Firenze", "FI", "501##", "055 N#####"},
		{"Verona", "VR", "371##", "045 N######"},
		{"Trieste", "TS", "341##", "040 N#####"},
	},
	dial: "39", mobile: []string{"320 ### ####", "333 ### ####", "347 ### ####", "349 ### ####"},
	trades:    list(`Panificio Farmacia Libreria Ristorante Officina Albergo Pasticceria Ottica Tipografia`),
	company:   []string{"{trade} {family}", "{trade} {family} S.r.l.", "{family} S.p.A.", "F.lli {family} s.n.c."},
	companyNo: "###########",
}

var spain = country{
	code: "ES", name: "España", languages: []string{"es-ES", "ca-ES", "es"}, currency: "EUR",
	women: list(`María Carmen Lucía Ana Laura Isabel Marta Paula Elena Cristina Sofía Julia Alba Núria Montserrat Pilar
		Rocío Beatriz Inés Begoña Martina Valeria`),
	men: list(`Antonio José Manuel Francisco David Javier Daniel Carlos Miguel Alejandro Pablo Sergio Álvaro Adrián Jordi
		Rubén Iván Óscar Hugo Iker Joaquín Andrés`),
	family: list(`García González Rodríguez Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández
		Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez Ramos Gil Ramírez Serrano
		Blanco Molina Suárez Castro Ortega Delgado Ortiz Marín Núñez Iglesias Puig Vidal`),
	streets: list(`Calle_Mayor Calle_Real Calle_de_Alcalá Avenida_de_la_Constitución Calle_San_José Carrer_de_Mallorca
		Paseo_del_Prado Calle_Cervantes Plaza_de_España Calle_Goya Calle_del_Sol Rambla_de_Catalunya`),
	street: "{street}, {number}",
	cities: []city{
		{"Madrid", "Madrid", "280##", "91N ### ###"},
		{"Barcelona", "Barcelona", "080##", "93N ### ###"},
		{"Valencia", "Valencia", "460##", "963 ### ###"},
		{"Sevilla", "Sevilla", "410##", "954 ### ###"},
		{"Zaragoza", "Zaragoza", "500##", "976 ### ###"},
		{"Málaga", "Málaga", "290##", "952 ### ###"},
		{"Bilbao", "Bizkaia", "480##", "944 ### ###"},
	},
	dial: "34", mobile: []string{"600 ### ###", "615 ### ###", "654 ### ###", "677 ### ###", "699 ### ###"},
	trades:    list(`Panadería Farmacia Librería Restaurante Taller Hotel Floristería Óptica Imprenta`),
	company:   []string{"{trade} {family}", "{trade} {family} S.L.", "{family} y Asociados S.L.", "Grupo {family} S.A."},
	companyNo: "B########",
}

var brazil = country{
	code: "BR", name: "Brasil", languages: []string{"pt-BR"}, currency: "BRL",
	women: list(`Maria Ana Juliana Fernanda Camila Beatriz Larissa Letícia Gabriela Mariana Aline Bruna Patrícia Luciana
		Helena Alice Isabela Vitória`),
	men: list(`João José Antônio Francisco Carlos Paulo Pedro Lucas Luiz Marcos Gabriel Rafael Daniel Felipe Bruno
		Thiago Matheus Gustavo`),
	family: list(`Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Lima Gomes Costa Ribeiro Martins Carvalho
		Almeida Lopes Soares Fernandes Vieira Barbosa Rocha Dias Nascimento Andrade Moreira Nunes Marques Machado
		Mendes Freitas Cardoso Ramos Gonçalves Araújo da_Cruz`),
	streets: list(`Rua_das_Flores Avenida_Brasil Rua_XV_de_Novembro Rua_Sete_de_Setembro Avenida_Paulista
		Rua_São_José Rua_Tiradentes Rua_Dom_Pedro_II Avenida_Getúlio_Vargas Rua_da_Paz`),
	street: "{street}, {number}",
	cities: []city{
		{"São Paulo", "SP", "01###-###", "(11) 3###-####"},
		{"Rio de Janeiro", "RJ", "20###-###", "(21) 2###-####"},
		{"Belo Horizonte", "MG", "30###-###", "(31) 3###-####"},
		{"Curitiba", "PR", "80###-###", "(41) 3###-####"},
		{"Porto Alegre", "RS", "90###-###", "(51) 3###-####"},
	},
	dial: "55", mobile: []string{"(11) 9N###-####", "(21) 9N###-####", "(31) 9N###-####"},
	trades:    list(`Padaria Farmácia Livraria Restaurante Oficina Pousada Floricultura Ótica`),
	company:   []string{"{trade} {family}", "{trade} {family} Ltda.", "{family} Comércio Ltda."},
	companyNo: "##.###.###/0001-##",
}
