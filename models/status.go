package models

// Status says where a comment stands. It is stored as its number, so the order
// of the constants never changes.
type Status int8

// The statuses of a comment.
const (
	Pending  Status = 1 // held, not public
	Approved Status = 2 // public
	Removed  Status = 3 // taken down by a moderator or refused by a rule
	Spam     Status = 4 // taken down as spam
	Deleted  Status = 5 // withdrawn by its author
)

var statusNames = [...]string{"", "pending", "approved", "removed", "spam", "deleted"}

// String returns the name used on the wire.
func (s Status) String() string {
	if s < 1 || int(s) >= len(statusNames) {
		return ""
	}
	return statusNames[s]
}

// ParseStatus reads a name as used on the wire.
func ParseStatus(name string) (Status, bool) {
	i, ok := indexOf(statusNames[:], name)
	return Status(i), ok
}

// transitions is the whole table of allowed status changes. A change to the
// same status is allowed where a decision confirms it (approving a public
// comment marks it as reviewed; escalating a held one keeps it held).
var transitions = map[Status][]Status{
	Pending:  {Pending, Approved, Removed, Spam, Deleted},
	Approved: {Approved, Pending, Removed, Spam, Deleted},
	Removed:  {Removed, Approved, Pending, Spam, Deleted},
	Spam:     {Spam, Approved, Pending, Removed, Deleted},
	Deleted:  {},
}

// CanBecome reports whether a comment may change from s to next. What its
// author withdrew stays withdrawn.
func (s Status) CanBecome(next Status) bool {
	for _, allowed := range transitions[s] {
		if allowed == next {
			return true
		}
	}
	return false
}

// Lane is the part of the moderators' queue a comment waits in. A comment is in
// one lane or in none.
type Lane int8

// The lanes of the queue, and the absence of one.
const (
	NoLane        Lane = 0
	LanePending   Lane = 1 // held: not public until a moderator approves it
	LaneReported  Lane = 2 // public, and readers object
	LaneNew       Lane = 3 // public, and nobody has looked at it yet
	LaneEscalated Lane = 4 // a moderator asked for a second opinion
	LaneSample    Lane = 5 // drawn at random from what no rule held; its comments are in LaneNew as well
)

// Lanes lists the lanes in the order of their numbers.
var Lanes = [...]Lane{LanePending, LaneReported, LaneNew, LaneEscalated, LaneSample}

var laneNames = [...]string{"", "pending", "reported", "new", "escalated", "sample"}

// String returns the name used on the wire, empty for NoLane.
func (l Lane) String() string {
	if l < 0 || int(l) >= len(laneNames) {
		return ""
	}
	return laneNames[l]
}

// ParseLane reads a name as used on the wire; the empty name is no lane.
func ParseLane(name string) (Lane, bool) {
	i, ok := indexOf(laneNames[:], name)
	return Lane(i), ok
}

// LaneCounts holds the number of comments waiting in each lane, indexed by Lane.
type LaneCounts [len(laneNames)]int

// Add returns the sum of two counts, lane by lane.
func (c LaneCounts) Add(d LaneCounts) LaneCounts {
	for i := range c {
		c[i] += d[i]
	}
	return c
}

// Action is what a rule or a moderator wants done with a comment. A higher
// number is a stronger action: of all that rules ask for, the strongest wins.
type Action int8

// The actions of rules and moderators, from weak to strong.
const (
	NoAction Action = 0
	Allow    Action = 1 // publish
	Tag      Action = 2 // publish, and note it for the moderators
	Hold     Action = 3 // keep back until a moderator looks
	Escalate Action = 4 // keep back, in the lane for second opinions
	Reject   Action = 5 // refuse, and keep the text for the record
	Slow     Action = 6 // refuse for now: too many, too fast
	Close    Action = 7 // of rules only: hold, and close the article
)

var actionNames = [...]string{"", "allow", "tag", "hold", "escalate", "reject", "slow", "close"}

// String returns the name used on the wire.
func (a Action) String() string {
	if a < 0 || int(a) >= len(actionNames) {
		return ""
	}
	return actionNames[a]
}

// ParseAction reads a name as used on the wire.
func ParseAction(name string) (Action, bool) {
	i, ok := indexOf(actionNames[:], name)
	return Action(i), ok && i > 0
}

// Choice is what a moderator can decide.
type Choice int8

// The choices of a moderator, and the acts recorded beside them.
const (
	ChooseApprove  Choice = 1
	ChooseRemove   Choice = 2
	ChooseSpam     Choice = 3
	ChooseEscalate Choice = 4
	ChooseUndo     Choice = 5 // takes an earlier decision back
	ChooseWithdraw Choice = 6 // its author deleted it
	ChooseReject   Choice = 7 // a rule refused it
)

var choiceNames = [...]string{"", "approve", "remove", "spam", "escalate", "undo", "withdraw", "reject"}

// String returns the name used on the wire.
func (c Choice) String() string {
	if c < 0 || int(c) >= len(choiceNames) {
		return ""
	}
	return choiceNames[c]
}

// ParseChoice reads one of the four choices that a moderator can send.
func ParseChoice(name string) (Choice, bool) {
	i, ok := indexOf(choiceNames[:ChooseEscalate+1], name)
	return Choice(i), ok && i > 0
}

// ChoiceNamed reads any of the choices, those recorded beside moderators' own
// included.
func ChoiceNamed(name string) (Choice, bool) {
	i, ok := indexOf(choiceNames[:], name)
	return Choice(i), ok && i > 0
}

func indexOf(names []string, name string) (int, bool) {
	for i, n := range names {
		if n == name {
			return i, true
		}
	}
	return 0, false
}
