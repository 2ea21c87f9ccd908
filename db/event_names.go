package db

import (
	"context"
	"fmt"
	"strconv"

	"kontor/db/core"
)

// nameSubjects fills in what the cards and channels are called that events are
// about, removed ones too, and puts their names for their IDs.
func (s *Store) nameSubjects(ctx context.Context, list []*core.Event) error {
	var cards, channels []int64
	for _, e := range list {
		switch e.Object {
		case core.CardObject:
			cards = append(cards, e.ObjectID)
			for _, side := range []core.Changes{e.From, e.To} {
				if id, err := strconv.ParseInt(side["default"], 10, 64); err == nil {
					cards = append(cards, id)
				}
			}
		case core.ChannelObject:
			channels = append(channels, e.ObjectID)
		}
	}
	names := map[int64]string{}
	err := inChunks(cards, func(marks string, args []any) error {
		var rows []struct {
			ID       int64
			Brand    core.Brand
			LastFour string `db:"last_four"`
		}
		err := s.read.all(ctx, &rows, `SELECT id, brand, last_four FROM cards WHERE id IN (`+marks+`)`, args...)
		for _, r := range rows {
			names[r.ID] = core.CardLabel(r.Brand, r.LastFour)
		}
		return err
	})
	if err == nil {
		err = inChunks(channels, func(marks string, args []any) error {
			var rows []struct {
				ID      int64
				Name    string
				Address string
			}
			err := s.read.all(ctx, &rows, `SELECT id, name, address FROM channels WHERE id IN (`+marks+`)`, args...)
			for _, r := range rows {
				names[r.ID] = core.ChannelLabel(r.Name, r.Address)
			}
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("name cards and channels: %w", err)
	}
	for _, e := range list {
		if e.Object != core.CardObject && e.Object != core.ChannelObject {
			continue
		}
		e.Subject = names[e.ObjectID]
		for _, side := range []core.Changes{e.From, e.To} {
			if id, err := strconv.ParseInt(side["default"], 10, 64); err == nil {
				side["default"] = names[id]
			}
		}
	}
	return s.nameJobs(ctx, list)
}
