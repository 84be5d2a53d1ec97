//go:build !linux

package main

import "time"

// processorTime is the time of day where the thread's own time is not known.
func processorTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
