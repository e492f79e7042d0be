// A partner for tictalk: chat and tictactoe over one TCP connection. cc -o partner partner.c
// ./partner listen PORT [auto], or ./partner connect HOST PORT [auto]; "auto" needs no person
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum end { THEY_LEFT, I_LEFT, LOST };

static void say(int peer, const char *text) { // when this fails, so does the next hear
    char message[4 + 4096];
    uint32_t size = htonl(strlen(text));
    memcpy(message, &size, 4);
    memcpy(message + 4, text, strlen(text));
    send(peer, message, 4 + strlen(text), MSG_NOSIGNAL);
}

static int hear(int peer, char *text) { // returns 0 when the connection is lost
    uint32_t size;
    if (recv(peer, &size, 4, MSG_WAITALL) < 4 || (size = ntohl(size)) > 4096) return 0;
    if (size > 0 && recv(peer, text, size, MSG_WAITALL) < (ssize_t)size) return 0;
    while (size > 0 && isspace((unsigned char)text[size - 1])) size--;
    text[size] = 0;
    for (char *c = text; *c; c++) // a terminal obeys control characters
        if ((iscntrl((unsigned char)*c) && *c != '\n') || (*c == '\xc2' && (c[1] & 0xe0) == 0x80))
            *c = '?';
    return 1;
}

static void ask(char *text, const char *free, int automatic) {
    if (automatic) strcpy(text, *free ? (char[]){*free, 0} : "I am a program. I play tictactoe.");
    else printf(*free ? "Your move, one of %s: " : "You: ", free);
    if (!automatic && !fgets(text, 4096, stdin)) strcpy(text, "/q"); // the end of the input
    text[strcspn(text, "\n")] = 0;
}

static int is_over(const char *board, int mine) {
    for (const char *l = "012345678036147258048246"; *l; l += 3)
        if (board[l[0] - '0'] == board[l[1] - '0'] && board[l[0] - '0'] == board[l[2] - '0'])
            return puts(mine ? "You win." : "Your partner wins.");
    return strpbrk(board, "123456789") ? 0 : puts("A draw.");
}

static enum end talk(int peer, int mine, int automatic) {
    char board[10] = "", text[4096 + 1]; // in a game, each square is its number, X or O
    for (int turn = 0; turn < 10000; turn++) { // the partner may be a program that never leaves
        char free[10] = "", word[20] = "", hint[80];
        for (char *square = board; *square; square++) if (*square <= '9') strncat(free, square, 1);
        if (mine) ask(text, free, automatic);
        else if (!hear(peer, text)) return LOST;
        sscanf(text, " %19[^\r\n]", word); // the first line: tictalk draws the board below
        int is_move = word[0] && !word[1] && strchr(free, word[0]);
        if (!mine && !is_move) puts(text); // the board shows a move
        if (*free && !is_move && strcmp(word, "/q") && strcmp(word, "/resign")) {
            sprintf(hint, "That is not a free square, one of %s.", free);
            if (!mine) say(peer, hint);
            continue; // the same side tries again
        }
        if (mine) say(peer, text);
        if (strcmp(word, "/q") == 0) return mine ? I_LEFT : THEY_LEFT;
        if (is_move) {
            *strchr(board, word[0]) = strlen(free) % 2 ? 'X' : 'O';
            printf("%.3s\n%.3s\n%s\n", board, board + 3, board + 6);
            if (is_over(board, mine)) *board = 0;
        } else strcpy(board, strcasecmp(word, "play tictactoe") == 0 ? "123456789" : "");
        mine = !mine;
    }
    return THEY_LEFT;
}

static int open_socket(const char *host, const char *port) { // no host: listens
    struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *list = NULL;
    hints.ai_family = host ? AF_UNSPEC : AF_INET;
    getaddrinfo(host, port, &hints, &list);
    for (int s, on = 1; list; list = list->ai_next, close(s)) {
        s = socket(list->ai_family, list->ai_socktype, 0);
        setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (host && connect(s, list->ai_addr, list->ai_addrlen) == 0) return s;
        if (!host && bind(s, list->ai_addr, list->ai_addrlen) == 0 && listen(s, 16) == 0) return s;
    }
    return -1;
}

int main(int argc, char **argv) {
    int listens = argc > 2 && strcmp(argv[1], "listen") == 0;
    int automatic = strcmp(argv[argc - 1], "auto") == 0, left = 0;
    struct sockaddr_in bound;
    int s = open_socket(listens ? NULL : argv[2], argv[listens ? 2 : 3]);
    setvbuf(stdout, NULL, _IONBF, 0); // prompts have no newline
    if (listens && getsockname(s, (struct sockaddr *)&bound, &(socklen_t){sizeof bound}) == 0)
        printf("Listening on port %d\n", ntohs(bound.sin_port));
    while (!left) {
        int peer = listens ? accept(s, NULL, NULL) : s;
        enum end end = peer < 0 ? LOST : talk(peer, !listens, automatic);
        if (end == LOST) fputs("The connection failed.\n", stderr);
        if (!listens) return end == LOST;
        left = end == I_LEFT;
        close(peer);
    }
    return 0;
}
