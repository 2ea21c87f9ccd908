package core

// A Role is a named set of rights. Staff roles run the installation and may
// enter any merchant; merchant roles belong to one.
type Role string

const (
	Admin   Role = "admin"   // staff: everything
	Agent   Role = "agent"   // staff: the daily work
	Auditor Role = "auditor" // staff: reads
	Owner   Role = "owner"   // a merchant's own: everything of that merchant
	Member  Role = "member"  // a merchant's own: the daily work
	Viewer  Role = "viewer"  // a merchant's own: reads
)

// Roles lists every role, staff first, most rights first.
var Roles = []Role{Admin, Agent, Auditor, Owner, Member, Viewer}

// Staff reports whether the role is one of the installation's own people.
func (r Role) Staff() bool { return r == Admin || r == Agent || r == Auditor }

// Known reports whether r is a role at all.
func (r Role) Known() bool { return r.May(Read) }

// Top reports whether the role is the one that looks after the others of its
// kind. Of these there must always be somebody active.
func (r Role) Top() bool { return r == Admin || r == Owner }

// Peers returns the roles of the same kind: staff's, or a merchant's.
func (r Role) Peers() []Role {
	if r.Staff() {
		return Roles[:3]
	}
	return Roles[3:]
}

// exceeds reports whether the role has a right that other has not.
func (r Role) exceeds(other Role) bool {
	for right := Read; right <= Visit; right++ {
		if r.May(right) && !other.May(right) {
			return true
		}
	}
	return false
}

// A Right is something a role may be allowed to do.
type Right int

const (
	// Read is seeing what belongs to a merchant.
	Read Right = iota + 1
	// Write is adding, editing, deleting and restoring, cards and subscriptions.
	Write
	// Refund is giving money back; members up to the merchant's limit.
	Refund
	// Manage is erasing, exporting, application users, and the team and
	// settings of the merchant.
	Manage
	// Install is making merchants and staff.
	Install
	// Visit is going to any merchant: staff of every role may.
	Visit
)

// May reports whether the role has the right. An unknown role has none.
func (r Role) May(right Right) bool {
	if right == Visit {
		return r.Staff()
	}
	switch r {
	case Admin:
		return right >= Read && right <= Install
	case Owner:
		return right >= Read && right <= Manage
	case Agent, Member:
		return right >= Read && right <= Refund
	case Auditor, Viewer:
		return right == Read
	}
	return false
}

// An ActorKind says what sort of being acts.
type ActorKind string

const (
	ByUser        ActorKind = "user"
	ByApplication ActorKind = "application"
	BySystem      ActorKind = "system"
)

// An Actor is who does something: a user, an application user, or the system
// itself. It carries the merchant it acts within, and the store applies that
// merchant to every query. The zero Actor is nobody and may do nothing.
type Actor struct {
	Kind     ActorKind
	ID       int64  // of the user or application user; 0 for the system
	Name     string // as shown in the record of acts
	Role     Role
	Merchant int64  // 0 stands outside every merchant
	Origin   string // the address the act came from, where there is one
	Via      Source // the API that a program acts through
	Call     string // names the call that an act carries out, where the program named it
	Batch    int64  // names the import or bulk act this is part of, if any
}

// System is the actor for what Kontor does by itself within a merchant:
// the demo's data, the worker, a command on the console.
func System(merchant int64) Actor {
	return Actor{Kind: BySystem, Name: "Kontor", Role: Admin, Merchant: merchant}
}

// In returns the same actor standing in another merchant. Only staff and the
// system can move; for everyone else In changes nothing.
func (a Actor) In(merchant int64) Actor {
	if a.Role.Staff() {
		a.Merchant = merchant
	}
	return a
}

// May reports whether the actor has the right where it stands.
func (a Actor) May(right Right) bool { return a.Role.May(right) }
