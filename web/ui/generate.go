package ui

//go:generate go run ./build
