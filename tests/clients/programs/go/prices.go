package main

import (
	"errors"
	"fmt"
)

type item struct{ price *price }

type price struct{ amount int }

var errNoStock = errors.New("out of stock")

func priceOf(items []item) int {
	total := 0
	for _, item := range items {
		total += item.price.amount
	}
	return total
}

func reserve(order int) error {
	return fmt.Errorf("order %d: %w", order, errNoStock)
}
