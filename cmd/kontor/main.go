// Kontor is a merchant's back-office: one program that serves the pages on
// which staff and merchants keep their customers, and the APIs that programs
// call over the same data.
//
//	kontor serve                       serve pages and APIs (what no command means)
//	kontor demo                        fill an empty database with demo data
//	kontor user add                    add a person, print a link to set the password
//	kontor link                        print a link that signs a person in
//	kontor appuser add                 add a program that calls the API
//	kontor import customers FILE       import customers from CSV or NDJSON
//	kontor keys rotate                 seal all secrets with a new key
//	kontor bill                        charge what is due
//	kontor check                       look for what should not be in the database
//	kontor version                     print the version
//
// Every command takes -db and reads the environment; "kontor COMMAND -help"
// tells its flags, and the README what the environment can say. It exits 0
// when it did what it was asked, 1 when that failed, and 2 when it was asked
// wrongly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	_ "time/tzdata" // merchants' zones, whatever the machine has
)

// gcPercent lets garbage grow to four times what is live before it is
// collected. Kontor keeps some ten megabytes; at Go's own 100 % the collector
// would run many times a second under load.
const gcPercent = 300

// memoryLimit is from how many bytes on the collector keeps garbage down all the
// same. It is no bound for what is live.
const memoryLimit = 88 << 20

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // who asks again does not wait for what is let finish
	env := environment{Getenv: os.Getenv, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	code := run(ctx, env, os.Args[1:])
	stop()
	os.Exit(code)
}

// An environment is what a command finds around it.
type environment struct {
	Getenv func(string) string
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

// A command carries out its arguments. The error says why it could not; a
// usageError is the caller's mistake.
type command func(ctx context.Context, env environment, args []string) error

// commands by name; those of two words have a space.
var commands = map[string]command{
	"serve":            cmdServe,
	"demo":             cmdDemo,
	"user add":         cmdUserAdd,
	"link":             cmdLink,
	"appuser add":      cmdAppUserAdd,
	"import customers": cmdImport,
	"keys rotate":      cmdKeysRotate,
	"bill":             cmdBill,
	"check":            cmdCheck,
	"version":          cmdVersion,
}

// run runs the command that args name and returns the program's exit code.
func run(ctx context.Context, env environment, args []string) int {
	name, cmd, rest := commandOf(args)
	if cmd == nil {
		fmt.Fprintf(env.Stderr, "kontor: no command %q\n\n%s", name, usage)
		return 2
	}
	err := cmd(ctx, env, rest)
	var wrong usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &wrong):
		if !wrong.said {
			fmt.Fprintf(env.Stderr, "kontor %s: %v\n", name, err)
		}
		return 2
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintf(env.Stderr, "kontor %s: stopped\n", name)
		return 1
	}
	fmt.Fprintf(env.Stderr, "kontor %s: %v\n", name, err)
	return 1
}

// commandOf finds the command in the first one or two arguments.
func commandOf(args []string) (name string, cmd command, rest []string) {
	if len(args) == 0 || (strings.HasPrefix(args[0], "-") && !isHelp(args[0])) {
		return "serve", cmdServe, args
	}
	if isHelp(args[0]) {
		return args[0], cmdHelp, nil
	}
	if len(args) > 1 {
		name = args[0] + " " + args[1]
		if cmd, ok := commands[name]; ok {
			return name, cmd, args[2:]
		}
	}
	return args[0], commands[args[0]], args[1:]
}

func isHelp(arg string) bool {
	return arg == "help" || arg == "-h" || arg == "-help" || arg == "--help"
}

const usage = `Kontor, a merchant's back-office.

	kontor serve                 serve the pages (what no command means)
	kontor demo                  fill an empty database with demo data
	kontor user add              add a person, print a link to set the password
	kontor link                  print a link that signs a person in
	kontor appuser add           add a program that calls the API
	kontor import customers FILE import customers from CSV or NDJSON
	kontor keys rotate           seal all secrets with a new key
	kontor bill                  charge what is due; -until tells what will be
	kontor check                 look for what should not be in the database
	kontor version               print the version

kontor COMMAND -help tells the flags of a command.
`

func cmdHelp(_ context.Context, env environment, _ []string) error {
	_, err := io.WriteString(env.Stdout, usage)
	return err
}

// A usageError is a command called wrongly; said when the flag package has
// told so already.
type usageError struct {
	error
	said bool
}

func misuse(format string, args ...any) error { return usageError{error: fmt.Errorf(format, args...)} }

// parse reads a command's flags, which may stand before and after its
// arguments, and returns the arguments.
func parse(fs *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usageError{error: err, said: true}
		}
		if fs.NArg() == 0 {
			return rest, nil
		}
		rest, args = append(rest, fs.Arg(0)), fs.Args()[1:]
	}
}

// parseAlone reads the flags of a command that takes nothing else.
func parseAlone(fs *flag.FlagSet, args []string) error {
	rest, err := parse(fs, args)
	if err == nil && len(rest) > 0 {
		return misuse("takes no argument, not %q", rest[0])
	}
	return err
}
