// A partner for tictalk: chat and tictactoe over one TCP connection.
// go run partner.go listen PORT [auto], or connect HOST PORT [auto]; "auto" needs no person
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"log"
	"net"
	"os"
	"regexp"
	"strings"
)

var keyboard = bufio.NewScanner(os.Stdin)
var square = regexp.MustCompile(`\d`)
var hidden = regexp.MustCompile(`[^\PC\n]`) // a terminal obeys control characters
var over = regexp.MustCompile(`^((...)*(XXX|OOO)|.*(X..X..X|O..O..O)|X...X...X|O...O...O|` +
	`..X.X.X|..O.O.O|[XO]*$).*`)

func receive(peer net.Conn) (string, error) {
	var size uint32
	data := make([]byte, 4096)
	if err := binary.Read(peer, binary.BigEndian, &size); err != nil || size > 4096 {
		return "", fmt.Errorf("no message of at most 4096 bytes: %d, %v", size, err)
	}
	err := binary.Read(peer, binary.BigEndian, data[:size])
	text := hidden.ReplaceAllString(string(data[:size]), " ")
	fmt.Println(text)
	return text, err
}

func ask(free []string) string {
	if os.Args[len(os.Args)-1] == "auto" {
		return append(free, "I am a program. I play tictactoe.")[0]
	}
	if len(free) > 0 {
		fmt.Printf("Your move, one of %s: ", strings.Join(free, " "))
	} else {
		fmt.Print("You: ")
	}
	if keyboard.Scan() {
		return keyboard.Text()
	}
	return "/q" // the end of the input is a goodbye
}

// talk takes turns until one side leaves. It returns whether this side has left.
func talk(peer net.Conn, mine bool) (left bool, err error) {
	board, text, line := "", "", "" // in a game, each square is its number, X or O
	for turn := 0; turn < 10_000 && line != "/q" && err == nil; turn++ {
		free := square.FindAllString(board, -1) // none in chat
		if mine {
			text = ask(free)
		} else {
			text, err = receive(peer)
		}
		line, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(text)), "\n") // no drawing
		isMove := len(line) == 1 && strings.Contains(board, line)
		legal := board == "" || isMove || line == "/q" || line == "/resign"
		if !legal {
			text = "That is not a free square, one of " + strings.Join(free, " ") + "."
		}
		if mine == legal { // an own text, or the answer to an illegal move
			size := binary.BigEndian.AppendUint32(nil, uint32(len(text)))
			peer.Write(append(size, text...)) // if this fails, so does the next receive
		}
		if isMove {
			board = strings.Replace(board, line, string("OX"[len(free)%2]), 1)
			fmt.Println(board[:3] + "\n" + board[3:6] + "\n" + board[6:])
			board = over.ReplaceAllString(board, "")
		} else if legal {
			board = map[string]string{"play tictactoe": "123456789"}[line]
		}
		mine = mine != legal // after an illegal move, the same side tries again
	}
	peer.Close()
	return line == "/q" && !mine, err
}

func main() {
	if os.Args[1] == "connect" {
		peer, err := net.Dial("tcp", net.JoinHostPort(os.Args[2], os.Args[3]))
		if err == nil {
			_, err = talk(peer, true)
		}
		if err != nil {
			log.Fatal("The connection failed: ", err)
		}
		return
	}
	server, err := net.Listen("tcp", ":"+os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Listening on", server.Addr())
	for left := false; !left; {
		if peer, err := server.Accept(); err != nil {
			log.Fatal(err)
		} else if left, err = talk(peer, false); err != nil {
			log.Print("The connection failed: ", err)
		}
	}
}
