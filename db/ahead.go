package db

import "context"

// ahead calls each with what read sends, while read goes on with the next: one
// is held and one is being made at any time. It fails as each or as read does,
// with what was sent before read failed having been each's.
func ahead[T any](ctx context.Context, each func(T) error, read func(ctx context.Context, send func(T) error) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sent, outcome := make(chan T), make(chan error, 1)
	go func() {
		defer close(sent)
		outcome <- read(ctx, func(one T) error {
			select {
			case sent <- one:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	for one := range sent {
		if err := each(one); err != nil {
			cancel()
			<-outcome // so that nothing is read any more
			return err
		}
	}
	return <-outcome
}
