// Plays Connect Four: drops its pieces into random columns.
package main

import (
	"bufio"
	"fmt"
	"math/rand"
	"os"
	"strings"
)

func main() {
	for input := bufio.NewScanner(os.Stdin); input.Scan(); {
		if line := strings.TrimSuffix(input.Text(), "; your move."); line != input.Text() {
			moves := strings.Split(line[strings.LastIndex(line, ": ")+2:], ", ") // "room in: 1, 2"
			fmt.Println(moves[rand.Intn(len(moves))])
		}
	}
}
