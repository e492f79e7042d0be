// A partner for tictalk: chat and tictactoe over one TCP connection.
// go run partner.go listen PORT [auto], or connect HOST PORT [auto]; "auto" needs no person
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"regexp"
	"strings"
)

var keyboard = bufio.NewScanner(os.Stdin)

// A terminal obeys control characters.
var hidden = regexp.MustCompile(`[^\PC\n]`)

// A row, a column or a diagonal.
var three = regexp.MustCompile(
	`^(...)*(XXX|OOO)|X..X..X|O..O..O|X...X...X|O...O...O|^..(X.X.X|O.O.O)`)

func send(peer net.Conn, text string) {
	size := binary.BigEndian.AppendUint32(nil, uint32(len(text)))
	peer.Write(append(size, text...)) // if this fails, so does the next receive
}

func receive(peer net.Conn) (string, error) {
	var size uint32
	if err := binary.Read(peer, binary.BigEndian, &size); err != nil {
		return "", err
	}
	if size > 4096 {
		return "", fmt.Errorf("a message of %d bytes is too long", size)
	}
	data := make([]byte, size)
	_, err := io.ReadFull(peer, data)
	return strings.TrimSpace(string(data)), err
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
		return strings.TrimSpace(keyboard.Text())
	}
	return "/q" // the end of the input is a goodbye
}

// talk takes turns until one side leaves. It returns whether this side has left.
func talk(peer net.Conn, mine bool) (left bool, err error) {
	board, text := "", "" // in a game, each square is its number, X or O
	for turn := 0; turn < 10_000 && err == nil; turn++ {
		free := regexp.MustCompile("[1-9]").FindAllString(board, -1) // none in chat
		if mine {
			text = ask(free)
		} else if text, err = receive(peer); err == nil {
			fmt.Println(hidden.ReplaceAllString(text, "?"))
		}
		word, _, _ := strings.Cut(strings.ToLower(text), "\n") // tictalk draws the board below
		isMove := len(word) == 1 && strings.Contains(board, word)
		if board != "" && !isMove && word != "/q" && word != "/resign" {
			if !mine {
				send(peer, "That is not a free square, one of "+strings.Join(free, " ")+".")
			}
			continue // the same side tries again
		}
		if mine {
			send(peer, text)
		}
		switch {
		case word == "/q":
			return mine, nil
		case isMove:
			board = strings.Replace(board, word, string("OX"[len(free)%2]), 1)
			fmt.Println(board[:3] + "\n" + board[3:6] + "\n" + board[6:])
			if three.MatchString(board) || len(free) == 1 {
				fmt.Println("The game is over.")
				board = ""
			}
		case word == "play tictactoe":
			board = "123456789"
		default:
			board = ""
		}
		mine = !mine
	}
	return false, err
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
		if peer, err := server.Accept(); err == nil {
			if left, err = talk(peer, false); err != nil {
				log.Print("The connection failed: ", err)
			}
			peer.Close()
		}
	}
}
