package evasion

import "slices"

// Terms is the list of terms, one a line, as a site would write it.
func Terms() []string {
	return slices.Concat(words(), phrases(), persons(), hosts(), foreign(), []string{"vombl*", "!vombleton", "!clod bridge"})
}

func words() []string {
	return []string{
		"dolt", "chump", "twerp", "clod", "oik", "ninny", "pillock", "nitwit", "wally", "dimwit", "buffoon", "dork", "slob", "cad", "fink", "git",
		"grizzock", "crudwick", "spoddle", "flumptious", "quimbole", "hobnoggin", "jabberfax", "vexmould", "zanker", "snurf", "drambulist", "kluxby",
	}
}

func phrases() []string {
	return []string{"cheap parsnip loans", "free llama rides", "lucky beet tonic", "win a caravan", "kelp coin", "quick attic money"}
}

func persons() []string {
	return []string{"Edwin Marrowby", "Tamsin O'Grindle", "Ruth McFettle", "Zoë Tarnquist", "Mary-Jane Coddlewick", "Anton Grübeldorf", "Idris Vale-Hopper", "Søren Bekkelund"}
}

func hosts() []string {
	return []string{"parsniploan.example.com", "kelpcoin.example.org", "llama-rides.example.net"}
}

// foreign are terms of other scripts and languages, all of them mild.
func foreign() []string {
	return []string{
		"балбес", "олух царя", "χαζός", "Dussel", "Blödmann", "şapşal", "sığır", "बुद्धू", "मूर्ख", "เซ่อ", "笨蛋", "まぬけ", "바보", "احمق", "טיפש", "głupek", "ngốc", "bobão", "zôtte",
	}
}

// plain are the terms written in a to z that most techniques apply to.
func plain() []string {
	var list []string
	for _, w := range slices.Concat(words(), phrases(), []string{"Edwin Marrowby", "Ruth McFettle"}) {
		list = append(list, w)
	}
	return list
}

// atLeast gives the words of n letters or more.
func atLeast(n int) []string {
	return slices.DeleteFunc(words(), func(w string) bool { return len(w) < n })
}

// carriers are the sentences that a term is put into, at {}.
func carriers() []string {
	return []string{
		"What a {} that councillor is.", "{} and nothing else, I say.", "I read it twice and thought: {}", "Only a {} would close the library in winter.",
		"So the answer from the board is \"{}\", is it?", "My neighbour says {} every single time.", "After the meeting (which ran late) somebody shouted {}!",
		"They paid 4,200 for the new benches, {}, and now the ramp is broken.", "Yes, {}. That is all I have to add.", "- buses every hour\n- {}\n- one more bench",
		"The ferry left at 10:45 and {} was on it; nobody minded.", "Honestly… {} … who wrote this?", "> quoted from the other thread\n{} is what I would say to that.",
		"Look at the picture 😀 {} 😀 and tell me.", "Ask {} about the drains, the hedges and the school gate.", "Dear editor,\nplease print {} on page two.\nYours, a reader",
		"No smoke without fire: {}, as my gran used to say, and she was right about most things in this town.", "It's {} again, isn't it?", "WHY does it always end with {} in this place?",
		"The café on the corner – {} – shuts at five.",
	}
}
