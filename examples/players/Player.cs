// Plays Connect Four: drops its pieces into random columns.
using System;

static class Player {
    static void Main() {
        var random = new Random();
        for (string line = Console.ReadLine(); line != null; line = Console.ReadLine()) {
            if (!line.EndsWith("your move.")) continue;
            int start = line.LastIndexOf(": ") + 2; // "...; room in: 1, 2; your move."
            string[] moves = line.Substring(start, line.LastIndexOf(';') - start).Split(',');
            Console.WriteLine(moves[random.Next(moves.Length)].Trim()); // flushes by itself
        }
    }
}
