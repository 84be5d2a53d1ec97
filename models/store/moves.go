package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"postbag/models"
)

type moveRow struct {
	ID            int64
	SiteID        int64
	Kind          models.MoveKind
	State         models.MoveState
	ModeratorID   int64
	ModeratorName string `gorm:"->"`
	Title         string
	Origins       string
	Report        string
	Problem       string
	Total         int
	Done          int
	CreatedAt     int64 `gorm:"autoCreateTime:false"`
	UpdatedAt     int64 `gorm:"autoUpdateTime:false"`
	UndoneBy      int64
}

func (moveRow) TableName() string { return "moves" }

func newMoveRow(m *models.Move) moveRow {
	return moveRow{
		ID: m.ID, SiteID: m.SiteID, Kind: m.Kind, State: m.State, ModeratorID: m.ModeratorID, Title: m.Title, Origins: encode(m.Origins),
		Report: m.Report, Problem: m.Problem, Total: m.Total, Done: m.Done, CreatedAt: millis(m.CreatedAt), UpdatedAt: millis(m.UpdatedAt),
		UndoneBy: m.UndoneBy,
	}
}

func (r *moveRow) model() (models.Move, error) {
	m := models.Move{
		ID: r.ID, SiteID: r.SiteID, Kind: r.Kind, State: r.State, ModeratorID: r.ModeratorID, ModeratorName: r.ModeratorName, Title: r.Title,
		Report: r.Report, Problem: r.Problem, Total: r.Total, Done: r.Done, CreatedAt: fromMillis(r.CreatedAt), UpdatedAt: fromMillis(r.UpdatedAt),
		UndoneBy: r.UndoneBy,
	}
	return m, decode(r.Origins, &m.Origins)
}

const moveSelect = "id, site_id, kind, state, moderator_id, title, origins, report, problem, total, done, created_at, updated_at, undone_by, " +
	"COALESCE((SELECT name FROM moderators WHERE moderators.id = moves.moderator_id), '') AS moderator_name"

// AddMove stores a move that begins and sets its ID and times.
func (tx *Tx) AddMove(ctx context.Context, m *models.Move) error {
	m.CreatedAt, m.UpdatedAt = tx.Now, tx.Now
	row := newMoveRow(m)
	if err := gorm.G[moveRow](tx.db).Create(ctx, &row); err != nil {
		return fmt.Errorf("add move: %w", err)
	}
	m.ID = row.ID
	return nil
}

// SaveMove writes State, Origins, Report, Problem, Total, Done and UndoneBy of a
// move, provided that it is still in the state was; otherwise ErrConflict.
func (tx *Tx) SaveMove(ctx context.Context, m *models.Move, was models.MoveState) error {
	m.UpdatedAt = tx.Now
	n, err := gorm.G[moveRow](tx.db).Where("id = ? AND state = ?", m.ID, was).
		Select("State", "Origins", "Report", "Problem", "Total", "Done", "UpdatedAt", "UndoneBy").Updates(ctx, newMoveRow(m))
	switch {
	case err != nil:
		return fmt.Errorf("save move: %w", err)
	case n == 0:
		return ErrConflict
	}
	return nil
}

// Move returns one move.
func (q Query) Move(ctx context.Context, id int64) (models.Move, error) {
	row, err := first(ctx, gorm.G[moveRow](q.db).Select(moveSelect).Where("id = ?", id))
	if err != nil {
		return models.Move{}, err
	}
	return row.model()
}

// Moves returns the moves of a site, newest first, from below the id before (0:
// from the newest), at most limit.
func (q Query) Moves(ctx context.Context, site, before int64, limit int) ([]models.Move, error) {
	chain := gorm.G[moveRow](q.db).Select(moveSelect).Where("site_id = ?", site)
	if before > 0 {
		chain = chain.Where("id < ?", before)
	}
	return moveModels(chain.Order("id DESC").Limit(limit).Find(ctx))
}

// maxOpenMoves bounds the moves under way that are listed.
const maxOpenMoves = 100

// OpenMoves returns the moves of all sites that are being planned, run or
// undone, oldest first, at most 100.
func (q Query) OpenMoves(ctx context.Context) ([]models.Move, error) {
	return moveModels(gorm.G[moveRow](q.db).Select(moveSelect).Where("state IN ('planning', 'running', 'undoing')").Order("id").Limit(maxOpenMoves).Find(ctx))
}

func moveModels(rows []moveRow, err error) ([]models.Move, error) {
	if err != nil {
		return nil, fmt.Errorf("list moves: %w", err)
	}
	moves := make([]models.Move, len(rows))
	for i := range rows {
		if moves[i], err = rows[i].model(); err != nil {
			return nil, err
		}
	}
	return moves, nil
}

// MovesSince returns the moves above the id of a move that are not taken back
// and have a step about an article of the move, the latest first: what an undo
// of it would pull the ground from. At most limit.
func (q Query) MovesSince(ctx context.Context, move int64, limit int) ([]models.Move, error) {
	const touched = "SELECT t.move_id FROM move_steps AS s JOIN move_steps AS t ON t.%s = s.%s WHERE s.move_id = ? AND s.state IN (1, 2) " +
		"AND t.move_id > ? AND t.state IN (1, 2)%s"
	var either []string
	var args []any
	for _, mine := range []string{"article_id", "target_id"} {
		for _, theirs := range []string{"article_id", "target_id"} {
			more := ""
			if theirs == "target_id" {
				more = " AND t.target_id > 0"
			}
			either = append(either, fmt.Sprintf(touched, theirs, mine, more))
			args = append(args, move, move)
		}
	}
	return moveModels(gorm.G[moveRow](q.db).Select(moveSelect).
		Where("id IN ("+strings.Join(either, " UNION ")+")", args...).Where("state <> 'undone'").Order("id DESC").Limit(limit).Find(ctx))
}

type stepRow struct {
	MoveID    int64
	Seq       int
	How       models.StepHow
	State     models.StepState
	ArticleID int64
	TargetID  int64
	URL       string `gorm:"column:url"`
	Names     string
	Thread    string
	URLWas    string `gorm:"column:url_was"`
	Comments  int
}

func (stepRow) TableName() string { return "move_steps" }

func newStepRow(s *models.MoveStep) stepRow {
	return stepRow{s.MoveID, s.Seq, s.How, s.State, s.ArticleID, s.TargetID, s.URL, strings.Join(s.Names, "\n"), s.Thread, s.URLWas, s.Comments}
}

func (r *stepRow) model() models.MoveStep {
	s := models.MoveStep{
		MoveID: r.MoveID, Seq: r.Seq, How: r.How, State: r.State, ArticleID: r.ArticleID, TargetID: r.TargetID, URL: r.URL, Thread: r.Thread,
		URLWas: r.URLWas, Comments: r.Comments,
	}
	if r.Names != "" {
		s.Names = strings.Split(r.Names, "\n")
	}
	return s
}

// AddMoveSteps stores steps that are planned.
func (tx *Tx) AddMoveSteps(ctx context.Context, steps []models.MoveStep) error {
	rows := make([]stepRow, len(steps))
	for i := range steps {
		rows[i] = newStepRow(&steps[i])
	}
	err := inSizes(rows, func(some []stepRow) error { return tx.db.WithContext(ctx).Create(&some).Error })
	if err != nil {
		return fmt.Errorf("add steps: %w", err)
	}
	return nil
}

// MoveStepsAhead returns the next steps that are planned or under way, in their
// order, from seq on.
func (q Query) MoveStepsAhead(ctx context.Context, move int64, seq, limit int) ([]models.MoveStep, error) {
	return stepModels(gorm.G[stepRow](q.db).Where("move_id = ? AND seq >= ? AND state IN (0, 1)", move, seq).Order("seq").Limit(limit).Find(ctx))
}

// MoveStepsBack returns the last steps that did something or are under way, the
// last first, up to seq.
func (q Query) MoveStepsBack(ctx context.Context, move int64, seq, limit int) ([]models.MoveStep, error) {
	return stepModels(gorm.G[stepRow](q.db).Where("move_id = ? AND seq <= ? AND state IN (1, 2)", move, seq).Order("seq DESC").Limit(limit).Find(ctx))
}

func stepModels(rows []stepRow, err error) ([]models.MoveStep, error) {
	if err != nil {
		return nil, fmt.Errorf("list steps: %w", err)
	}
	steps := make([]models.MoveStep, len(rows))
	for i := range rows {
		steps[i] = rows[i].model()
	}
	return steps, nil
}

// SaveMoveSteps writes State, TargetID, URLWas and Comments of steps, in one
// statement.
func (tx *Tx) SaveMoveSteps(ctx context.Context, steps []models.MoveStep) error {
	if len(steps) == 0 {
		return nil
	}
	var values []string
	var args []any
	for i := range steps {
		s := &steps[i]
		values = append(values, fmt.Sprintf("(%d, %d, %d, %d, ?)", s.Seq, s.State, s.TargetID, s.Comments))
		args = append(args, s.URLWas)
	}
	err := tx.exec(ctx, "WITH v (seq, state, target, comments, was) AS (VALUES "+strings.Join(values, ", ")+") UPDATE move_steps SET state = v.state, "+
		"target_id = v.target, comments = v.comments, url_was = v.was FROM v WHERE move_steps.move_id = ? AND move_steps.seq = v.seq", nil, append(args, steps[0].MoveID)...)
	if err != nil {
		return fmt.Errorf("save steps: %w", err)
	}
	return nil
}

// DropMoveSteps forgets steps of a move that was never run, at most limit, and
// says how many went.
func (tx *Tx) DropMoveSteps(ctx context.Context, move int64, limit int) (int, error) {
	n, err := gorm.G[stepRow](tx.db).Where("move_id = ? AND seq IN (SELECT seq FROM move_steps WHERE move_id = ? ORDER BY seq LIMIT ?)", move, move, limit).Delete(ctx)
	if err != nil {
		return 0, fmt.Errorf("drop steps: %w", err)
	}
	return n, nil
}

// DropMove forgets a move without steps.
func (tx *Tx) DropMove(ctx context.Context, move int64) error {
	_, err := gorm.G[moveRow](tx.db).Where("id = ?", move).Delete(ctx)
	return err
}
