package rules

import (
	"fmt"
	"regexp"
	"strings"

	"postbag/models"
	"postbag/moderation/keyword"
)

// Limits of a links rule.
const (
	MaxHosts = 2000 // in one list of hosts
	maxLinks = 1000 // of one comment that are looked at
)

// link is one link of the comment.
type link struct {
	host  string
	match models.Match
}

// readLinks finds the hosts of the links, and where the first of them stand.
func readLinks(in Input) []link {
	links := make([]link, min(len(in.Links), maxLinks))
	at := 0
	for i := range links {
		target := in.Links[i]
		links[i] = link{hostOf(target), models.Match{Field: inLink.name(), End: len(target)}}
		if i < maxMatches {
			links[i].match, at = placeInText(in.Text, target, at)
		}
	}
	return links
}

// placeInText finds where a link stands in the text, as given or without its
// scheme, looking from a place on; at is where to look for the next.
func placeInText(text, target string, from int) (m models.Match, at int) {
	_, bare, _ := strings.Cut(target, "//")
	for _, form := range []string{target, bare} {
		for _, start := range []int{from, 0} {
			if i := strings.Index(text[start:], form); i >= 0 && form != "" {
				return models.Match{Field: inText.name(), Start: start + i, End: start + i + len(form)}, start + i + len(form)
			}
		}
	}
	return models.Match{Field: inLink.name(), End: len(target)}, from
}

// linkRule is a compiled links condition.
type linkRule struct {
	LinksSpec
	hosts, except, short hostSet
	lists                []hostList // the same hosts as terms, to find them where there is no link
}

// hostList is a word list of hosts.
type hostList struct {
	list int
	what string
}

func (s *LinksSpec) compile(c *compiler, at string) condition {
	c.within(at+".more_than", s.MoreThan, 0, maxLinks-1)
	r := &linkRule{LinksSpec: *s, hosts: c.hostSet(at+".hosts", s.Hosts), except: c.hostSet(at+".except_hosts", s.ExceptHosts)}
	if len(s.Hosts) > 0 {
		r.lists = append(r.lists, hostList{c.words(hostTerms(s.Hosts, s.ExceptHosts)), "names the host "})
	}
	if s.Shorteners {
		r.short = hostSet{}
		for _, host := range shorteners() {
			r.short[host] = true
		}
		r.lists = append(r.lists, hostList{c.words(hostTerms(shorteners(), s.ExceptHosts)), "hides where a link goes with "})
	}
	c.needs.links = true
	c.needs.defanged = c.needs.defanged || s.Defanged
	if s.MoreThan == nil && len(s.Hosts) == 0 && !s.Shorteners && !s.Defanged && !s.FirstLink {
		c.add(at, "Give at least one of: more_than, hosts, shorteners, defanged, first_link.")
	}
	return r
}

func (c *compiler) hostSet(at string, entries []string) hostSet {
	if len(entries) > MaxHosts {
		c.add(at, "A list has at most %d hosts.", MaxHosts)
		return nil
	}
	set := hostSet{}
	for i, entry := range entries {
		host, ok := parseHost(entry)
		if !ok {
			c.add(at+index(i), "%s is not a host. Write it as in example.com, without http:// and path, or .ru for everything below.", quote(entry))
		}
		set[host] = true
	}
	return set
}

// hostTerms makes a word list of hosts; the excepted ones are allowed words.
func hostTerms(hosts, except []string) []keyword.Term {
	terms := make([]keyword.Term, 0, len(hosts)+len(except))
	add := func(entries []string, allowed bool) {
		for _, entry := range entries {
			if name := strings.TrimPrefix(strings.TrimSpace(entry), "*."); hostName.MatchString(name) {
				terms = append(terms, keyword.Term{Text: name, Line: name, Allowed: allowed})
			}
		}
	}
	add(hosts, false)
	add(except, true)
	return terms
}

// hostName is what the keyword matcher takes for a host. Addresses in numbers,
// and all below an ending, are looked for in links alone.
var hostName = regexp.MustCompile(`^[\pL\pM\pN-]+(?:\.[\pL\pM\pN-]+)*\.[\pL\pM][\pL\pM\pN-]+$`)

func (r *linkRule) holds(c *comment) evidence {
	c.mustBeRead()
	var all []evidence
	add := func(e evidence) {
		if e.truth != no {
			all = append(all, e)
		}
	}
	links := r.counted(c.links)
	add(r.tooMany(links))
	add(r.first(links, &c.facts.Author))
	add(r.linked(links, r.hosts, "links to "))
	add(r.linked(links, r.short, "hides where a link goes with "))
	for _, l := range r.lists {
		add(c.written(l))
	}
	if r.Defanged {
		add(c.text.defanged)
	}
	return anyOf(all)
}

func (r *linkRule) tooMany(links []link) evidence {
	n := len(links)
	if r.MoreThan == nil || n <= *r.MoreThan {
		return evidence{}
	}
	return evidence{yes, fmt.Sprintf("%s; more than %d is too many", count(n, "link"), *r.MoreThan), linkMarks(links), 0}
}

func (r *linkRule) first(links []link, who *AuthorFacts) evidence {
	if !r.FirstLink || len(links) == 0 || who.Approved > 0 || who.trusted() {
		return evidence{}
	}
	return evidence{yes, "the first link of an author without an approved comment", linkMarks(links), 0}
}

// counted returns the links that are not excepted.
func (r *linkRule) counted(links []link) []link {
	if len(r.except) == 0 {
		return links
	}
	var list []link
	for _, l := range links {
		if !r.except.has(l.host) {
			list = append(list, l)
		}
	}
	return list
}

// linked finds links to hosts of a set.
func (r *linkRule) linked(links []link, set hostSet, what string) evidence {
	var to []link
	var names []string
	for _, l := range links {
		if set.has(l.host) {
			to, names = append(to, l), append(names, l.host)
		}
	}
	if len(to) == 0 {
		return evidence{}
	}
	return evidence{yes, what + quoteList(distinct(names)), linkMarks(to), 0}
}

// written finds hosts of a list wherever they are written, as a link or not.
func (c *comment) written(l hostList) evidence {
	hits := certain(c.wordsIn(l.list, inText|inLink))
	if len(hits) == 0 {
		return evidence{}
	}
	return evidence{yes, l.what + quoteSome(hits), marks(hits), 0}
}

func linkMarks(links []link) []models.Match {
	list := make([]models.Match, min(len(links), maxMatches))
	for i := range list {
		list[i] = links[i].match
	}
	return list
}

func (s *LinksSpec) summary() string {
	var parts []string
	add := func(is bool, text string) {
		if is {
			parts = append(parts, text)
		}
	}
	if s.MoreThan != nil {
		add(true, "more than "+count(*s.MoreThan, "link"))
	}
	add(len(s.Hosts) > 0, "links to "+quoteList(s.Hosts))
	add(s.Shorteners, "link shorteners")
	add(s.Defanged, "links written so that they are none")
	add(s.FirstLink, "a first link by an author without an approved comment")
	text := strings.Join(parts, ", or ")
	if len(s.ExceptHosts) > 0 {
		text += ", but not to " + quoteList(s.ExceptHosts)
	}
	return text
}
