package store

import (
	"context"
	"runtime"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// writerLock is the advisory lock that makes the writers of all processes take
// turns. The number has no meaning.
const writerLock = 7_067_832_411

// openPostgres opens one pool for all. Several processes may share a database.
func (s *Store) openPostgres(ctx context.Context, address string, config *gorm.Config) error {
	config.PrepareStmt = false // pgx prepares by itself, once for each connection
	pool, err := pgxpool.New(ctx, address)
	if err != nil {
		return err
	}
	s.closer = append(s.closer, func() error { pool.Close(); return nil })
	db := stdlib.OpenDBFromPool(pool)
	db.SetMaxOpenConns(4 + 2*runtime.NumCPU())
	db.SetMaxIdleConns(0) // the pool beneath keeps them
	s.closer = append(s.closer, db.Close)
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	if err := migrate(ctx, db, goose.DialectPostgres, "postgres", goose.WithSessionLocker(locker)); err != nil {
		return err
	}
	gdb, err := gorm.Open(postgres.New(postgres.Config{Conn: db}), config)
	if err != nil {
		return err
	}
	s.write, s.Query = gdb, Query{gdb}
	s.wait = &postgresWaiter{pool: pool}
	return nil
}
