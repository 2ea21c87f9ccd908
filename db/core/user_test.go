package core_test

import (
	"testing"

	"kontor/db/core"
)

func TestWhoMayBecomeWhat(t *testing.T) {
	person := func(id int64, role core.Role) core.User {
		u := core.User{ID: id, Name: "Ada", Email: "ada@example.com", Role: role, Active: true}
		if !role.Staff() {
			u.Merchant = 1
		}
		return u
	}
	owner := person(9, core.Owner).Actor("")
	for _, c := range []struct {
		what   string
		u      core.User
		change func(*core.User)
		by     core.Actor
		others int
		want   core.Rule
	}{
		{"a member becomes an owner", person(1, core.Member), func(u *core.User) { u.Role = core.Owner }, owner, 1, ""},
		{"one of two owners becomes a viewer", person(1, core.Owner), func(u *core.User) { u.Role = core.Viewer }, owner, 1, ""},
		{"the last owner becomes a member", person(9, core.Owner), func(u *core.User) { u.Role = core.Member }, owner, 0, core.LastOne},
		{"the last owner is deactivated", person(1, core.Owner), func(u *core.User) { u.Active = false }, owner, 0, core.LastOne},
		{"the last owner, by the system", person(1, core.Owner), func(u *core.User) { u.Active = false }, core.System(1), 0, core.LastOne},
		{"the last admin becomes an agent", person(1, core.Admin), func(u *core.User) { u.Role = core.Agent }, core.System(0), 0, core.LastOne},
		{"a member is deactivated", person(1, core.Member), func(u *core.User) { u.Active = false }, owner, 0, ""},
		{"a member becomes staff", person(1, core.Member), func(u *core.User) { u.Role = core.Agent }, owner, 1, core.Unknown},
		{"staff become an owner", person(1, core.Agent), func(u *core.User) { u.Role = core.Owner }, core.System(0), 1, core.Unknown},
		{"nothing known", person(1, core.Member), func(u *core.User) { u.Role = "king" }, owner, 1, core.Unknown},
		{"a member becomes an owner by themself", person(1, core.Member), func(u *core.User) { u.Role = core.Owner }, person(1, core.Member).Actor(""), 1, core.OwnRights},
		{"an owner steps down", person(9, core.Owner), func(u *core.User) { u.Role = core.Member }, owner, 1, ""},
		{"the last owner gets another name", person(9, core.Owner), func(u *core.User) { u.Name = "Eva" }, owner, 0, ""},
	} {
		to := c.u
		c.change(&to)
		if got, _ := c.u.CheckChange(to, c.by, c.others).Field("role"); got.Rule != c.want {
			t.Errorf("%s: %q, want %q", c.what, got.Rule, c.want)
		}
	}
}
