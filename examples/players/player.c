// Plays Connect Four: drops its pieces into random columns.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(void) {
    char line[4096];
    srand((unsigned)time(NULL));
    while (fgets(line, sizeof line, stdin)) {
        if (!strstr(line, "your move.\n")) continue;
        char *moves = strrchr(line, ':') + 2; // "...; room in: 1, 2; your move."
        long count = (strchr(moves, ';') - moves + 2) / 3; // "1, " has three characters
        printf("%c\n", moves[3 * (rand() % count)]);
        fflush(stdout);
    }
}
