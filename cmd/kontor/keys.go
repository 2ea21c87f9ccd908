package main

import (
	"context"
	"errors"
	"fmt"

	"kontor/db/core"
)

func cmdKeysRotate(ctx context.Context, env environment, args []string) error {
	fs, c := flagsOf(env, "keys rotate", "")
	if err := parseAlone(fs, args); err != nil {
		return err
	}
	store, err := openStore(ctx, env, c)
	if err != nil {
		return err
	}
	defer store.Close()
	sealed := 0
	err = store.RotateKeys(ctx, core.System(0), func(done int) { sealed = done })
	switch {
	case errors.Is(err, core.ErrConflict):
		return errors.New("keys are being rotated by another program already")
	case err != nil:
		return fmt.Errorf("%w; run it again to go on", err)
	}
	fmt.Fprintf(env.Stdout, "A new key seals all secrets, %d of them, and the old one is retired.\n", sealed)
	return nil
}
