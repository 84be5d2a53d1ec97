package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"postbag/models"
)

// The states of a backtest. One that is not running stays as it is.
const (
	backtestRunning = "running"
	backtestFailed  = "failed"
)

type backtestRow struct {
	ID          int64
	SiteID      int64
	RuleID      int64
	Version     int
	ModeratorID int64
	State       string
	Rule        string
	FromAt      int64
	ToAt        int64
	Done        int64
	Total       int64
	Result      string
	Problem     string
	CreatedAt   int64 `gorm:"autoCreateTime:false"`
	UpdatedAt   int64 `gorm:"autoUpdateTime:false"`
}

func (backtestRow) TableName() string { return "backtests" }

func newBacktestRow(b *models.Backtest) backtestRow {
	return backtestRow{
		ID: b.ID, SiteID: b.SiteID, RuleID: b.RuleID, Version: b.Version, ModeratorID: b.ModeratorID, State: b.State, Rule: b.Rule,
		FromAt: millis(b.From), ToAt: millis(b.To), Done: b.Done, Total: b.Total, Result: b.Result, Problem: b.Problem,
		CreatedAt: millis(b.CreatedAt), UpdatedAt: millis(b.UpdatedAt),
	}
}

func (r *backtestRow) model() models.Backtest {
	return models.Backtest{
		ID: r.ID, SiteID: r.SiteID, RuleID: r.RuleID, Version: r.Version, ModeratorID: r.ModeratorID, State: r.State, Rule: r.Rule,
		From: fromMillis(r.FromAt), To: fromMillis(r.ToAt), Done: r.Done, Total: r.Total, Result: r.Result, Problem: r.Problem,
		CreatedAt: fromMillis(r.CreatedAt), UpdatedAt: fromMillis(r.UpdatedAt),
	}
}

// AddBacktest stores a backtest that begins and sets its ID, State and times.
func (tx *Tx) AddBacktest(ctx context.Context, b *models.Backtest) error {
	row := newBacktestRow(b)
	row.ID, row.State, row.CreatedAt, row.UpdatedAt = 0, backtestRunning, millis(tx.Now), millis(tx.Now)
	if err := gorm.G[backtestRow](tx.db).Create(ctx, &row); err != nil {
		return fmt.Errorf("add backtest: %w", err)
	}
	*b = row.model()
	return nil
}

// SaveBacktest writes State, Done, Total, Result and Problem of a backtest that
// is running, and sets UpdatedAt. ErrConflict: it is not running any more, so
// that whoever runs it stops.
func (tx *Tx) SaveBacktest(ctx context.Context, b *models.Backtest) error {
	row := newBacktestRow(b)
	row.UpdatedAt = millis(tx.Now)
	n, err := gorm.G[backtestRow](tx.db).Where("id = ? AND state = ?", b.ID, backtestRunning).
		Select("State", "Done", "Total", "Result", "Problem", "UpdatedAt").Updates(ctx, row)
	switch {
	case err != nil:
		return fmt.Errorf("save backtest: %w", err)
	case n == 0:
		return ErrConflict
	}
	b.UpdatedAt = fromMillis(row.UpdatedAt)
	return nil
}

// Backtest returns one backtest.
func (q Query) Backtest(ctx context.Context, id int64) (models.Backtest, error) {
	row, err := first(ctx, gorm.G[backtestRow](q.db).Where("id = ?", id))
	return row.model(), err
}

// Backtests returns the backtests of a rule, or with 0 all of the site, newest
// first, at most limit.
func (q Query) Backtests(ctx context.Context, site, rule int64, limit int) ([]models.Backtest, error) {
	chain := gorm.G[backtestRow](q.db).Where("site_id = ?", site)
	if rule != 0 {
		chain = chain.Where("rule_id = ?", rule)
	}
	return backtestModels(chain.Order("id DESC").Limit(limit).Find(ctx))
}

// maxRunning bounds the running backtests that are listed.
const maxRunning = 100

// RunningBacktests returns the backtests of all sites that are running, oldest
// first, at most 100.
func (q Query) RunningBacktests(ctx context.Context) ([]models.Backtest, error) {
	return backtestModels(gorm.G[backtestRow](q.db).Where("state = 'running'").Order("id").Limit(maxRunning).Find(ctx))
}

func backtestModels(rows []backtestRow, err error) ([]models.Backtest, error) {
	if err != nil {
		return nil, fmt.Errorf("list backtests: %w", err)
	}
	backtests := make([]models.Backtest, len(rows))
	for i := range rows {
		backtests[i] = rows[i].model()
	}
	return backtests, nil
}

// StaleBacktests fails the running backtests that nobody has saved since a time:
// their process is gone. problem says so. It returns how many there were.
func (tx *Tx) StaleBacktests(ctx context.Context, since time.Time, problem string) (int, error) {
	n, err := gorm.G[backtestRow](tx.db).Where("state = 'running' AND updated_at < ?", millis(since)).
		Select("State", "Problem", "UpdatedAt").Updates(ctx, backtestRow{State: backtestFailed, Problem: problem, UpdatedAt: millis(tx.Now)})
	if err != nil {
		return 0, fmt.Errorf("fail stale backtests: %w", err)
	}
	return n, nil
}
