package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/views"
)

// The pages about payments are measured where the worker charged, whose charges
// are copied into the past until there are enough.
const (
	paymentsName = "payments"
	overviewName = "overview"
)

// measurePages measures the pages on the books.
func (k *kontor) measurePages(ctx context.Context, o options) (_ *stage, err error) {
	st := &stage{}
	serve, err := k.serve(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, serve.stop()) }()
	visitors, err := k.signIn(ctx, serve.addr, visitor, 1)
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	all, err := k.paymentScenarios(ctx, visitors[0].cookie)
	if err != nil {
		return nil, err
	}
	bare, err := k.self(ctx, "floor")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	var chosen []*scenario
	for _, sc := range all {
		if !o.only.MatchString(sc.name) {
			continue
		}
		say(sc.name)
		l, err := sc.measure(ctx, serve, bare, o.each)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", sc.name, err)
		}
		st.lines, chosen = append(st.lines, l), append(chosen, sc)
	}
	if err := errors.Join(bare.stop(), serve.stop()); err != nil {
		return nil, err
	}
	return st, k.look(ctx, o, chosen, st)
}

// paymentScenarios are the pages, with what there is to ask for.
func (k *kontor) paymentScenarios(ctx context.Context, cookie string) ([]*scenario, error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: k.db}).EscapedPath()+"?_pragma=query_only(1)&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	m := strconv.Itoa(merchant)
	var far int64
	err = db.QueryRowContext(ctx, `SELECT id FROM charges WHERE merchant_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?`, merchant, 19*pageSize-1).Scan(&far)
	if err != nil {
		return nil, err
	}
	var amounts, amountTexts, cards, days, dayTexts []string
	rows, err := db.QueryContext(ctx, `SELECT DISTINCT amount FROM charges WHERE merchant_id = ? ORDER BY amount DESC LIMIT ?`, merchant, variants)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var minor int64
		if err := rows.Scan(&minor); err != nil {
			return nil, err
		}
		amounts = append(amounts, strconv.FormatInt(minor, 10))
		amountTexts = append(amountTexts, fmt.Sprintf("%d.%02d", minor/100, minor%100))
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var zone string
	if err := db.QueryRowContext(ctx, `SELECT zone FROM merchants WHERE id = ?`, merchant).Scan(&zone); err != nil {
		return nil, err
	}
	place, err := time.LoadLocation(zone)
	if err != nil {
		return nil, err
	}
	now := time.Now().In(place)
	for i := range variants {
		cards = append(cards, fmt.Sprintf("%04d", 1+i*97))
		day := time.Date(now.Year(), now.Month(), now.Day()-40-i, 0, 0, 0, 0, place)
		dayTexts = append(dayTexts, day.Format(time.DateOnly))
		days = append(days, fmt.Sprint(day.UnixMilli(), " ", day.AddDate(0, 0, 1).UnixMilli()))
	}
	list := func(name, what, floor string, urls []string, args [][]string) *scenario {
		sc := &scenario{name: name, what: what, want: 200, mark: `<th scope="row">`, rows: "charge\t", group: ofMany}
		var kontor, bare [][]byte
		for i, u := range urls {
			kontor = append(kontor, get(u, cookie))
			bare = append(bare, get("/payments/"+floor+"?"+url.Values{"a": append([]string{m}, args[i]...)}.Encode(), ""))
		}
		sc.kontor, sc.floor = cycle(kontor), cycle(bare)
		return sc
	}
	found := func(name, floor string, texts, values []string) *scenario {
		var urls []string
		var args [][]string
		for i, text := range texts {
			urls = append(urls, views.PaymentsQuery{Text: name + ":" + text}.URL(merchant))
			args = append(args, strings.Fields(values[i]))
		}
		return list(paymentsName+" by "+name, "such as "+name+":"+texts[0], floor, urls, args)
	}
	return []*scenario{
		list(paymentsName, "the newest 50", "newest", []string{views.PaymentsURL(merchant)}, [][]string{nil}),
		list(paymentsName+", 20th page", "by its key", "older",
			[]string{views.PaymentsQuery{After: core.Cursor{ID: far}.String(), From: 951}.URL(merchant)}, [][]string{{strconv.FormatInt(far, 10)}}),
		found("status", "declined", []string{"declined"}, []string{""}),
		found("amount", "amount", amountTexts, amounts),
		found("card", "card", cards, cards),
		found("date", "day", dayTexts, days),
		{
			group: ofMany, name: overviewName, want: 200,
			kontor: cycle([][]byte{get(views.MerchantURL(merchant), cookie)}), floor: cycle([][]byte{get("/overview?m="+m, "")}),
		},
	}, nil
}
