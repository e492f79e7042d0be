// A partner for tictalk: chat and tictactoe over one TCP connection. cc -o partner partner.c
// ./partner listen PORT [auto], or ./partner connect HOST PORT [auto]; "auto" needs no person
#include <arpa/inet.h>
#include <err.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say(int peer, const char *text) { // when this fails, so does the next hear
    struct { uint32_t size; char text[4096 + 1]; } message = {htonl(strlen(text)), ""};
    strcpy(message.text, text);
    send(peer, &message, 4 + strlen(text), MSG_NOSIGNAL);
}

static int hear(int peer, char *text) { // returns 0 when the connection is lost
    uint32_t size;
    if (recv(peer, &size, 4, MSG_WAITALL) < 4 || (size = ntohl(size)) > 4096) return 0;
    if (size > 0 && recv(peer, text, size, MSG_WAITALL) < (ssize_t)size) return 0;
    text[size] = 0;
    for (unsigned char *c = (unsigned char *)text; *c; c++) // a terminal obeys control characters
        if ((*c < ' ' && *c != '\n') || *c == 127 || (*c == 0xc2 && c[1] < 0xa0)) *c = ' ';
    return puts(text) >= 0;
}

static void ask(char *text, const char *free, int automatic) {
    if (automatic) strcpy(text, *free ? (char[]){*free, 0} : "I am a program. I play tictactoe.");
    else printf(*free ? "Your move, one of %s: " : "You: ", free);
    if (!automatic && scanf(" %4095[^\n]", text) < 1) strcpy(text, "/q"); // the end of the input
}

static int is_over(const char *board, int mine) {
    for (const char *l = "012345678036147258048246"; *l; l += 3)
        if (board[l[0] - '0'] == board[l[1] - '0'] && board[l[0] - '0'] == board[l[2] - '0'])
            return puts(mine ? "You win." : "Your partner wins.");
    return strpbrk(board, "123456789") ? 0 : puts("A draw.");
}

static int talk(int peer, int mine, int automatic) { // returns 0 when the connection is lost
    char board[10] = "", text[4096 + 1], hint[80]; // each square is its number, X or O
    for (int turn = 0; turn < 10000; turn++) {
        char free[10] = "", word[20] = "";
        for (char *s = board; *s; s++) if (*s <= '9') free[strlen(free)] = *s;
        if (mine) ask(text, free, automatic);
        else if (!hear(peer, text)) return 0;
        sscanf(text, " %19[^\n]", word); // the first line: tictalk draws the board below
        for (size_t end = strlen(word); end > 0 && word[end - 1] == ' '; end--) word[end - 1] = 0;
        int is_move = word[0] && !word[1] && strchr(free, word[0]), leaves = !strcmp(word, "/q");
        int legal = !*free || is_move || leaves || !strcmp(word, "/resign");
        sprintf(hint, "That is not a free square, one of %s.", free);
        if (mine == legal) say(peer, legal ? text : hint);
        if (!legal) continue; // the same side tries again
        if (leaves && mine) exit(0);
        if (leaves) return 1;
        if (is_move) *strchr(board, word[0]) = strlen(free) % 2 ? 'X' : 'O';
        else strcpy(board, strcasecmp(word, "play tictactoe") == 0 ? "123456789" : "");
        if (is_move) printf("%.3s\n%.3s\n%s\n", board, board + 3, board + 6);
        if (is_move && is_over(board, mine)) *board = 0;
        mine = !mine;
    }
    return 1;
}

int main(int argc, char **argv) {
    int listens = argc > 2 && !strcmp(argv[1], "listen"), on = 1;
    int automatic = !strcmp(argv[argc - 1], "auto"), s = socket(AF_INET, SOCK_STREAM, 0);
    struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_family = AF_INET}, *at;
    setvbuf(stdout, NULL, _IONBF, 0); // prompts have no newline
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (getaddrinfo(listens ? NULL : argv[2], argv[listens ? 2 : 3], &hints, &at) != 0
        || (listens ? bind : connect)(s, at->ai_addr, at->ai_addrlen) < 0
        || (listens ? listen(s, 16) < 0 : !talk(s, 1, automatic))) errx(1, "The connection failed");
    if (!listens) return 0;
    getsockname(s, at->ai_addr, &at->ai_addrlen);
    printf("Listening on port %d\n", ntohs(((struct sockaddr_in *)at->ai_addr)->sin_port));
    for (int peer; (peer = accept(s, NULL, NULL)) >= 0; close(peer))
        if (!talk(peer, 0, automatic)) warnx("The connection failed");
}
