// A partner for tictalk: chat and tictactoe over one TCP connection.
//   Partner.exe listen PORT [auto]          waits for partners, one after the other
//   Partner.exe connect HOST PORT [auto]    speaks first; "auto" answers without a person
using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;

static class Partner {
    static void Send(Stream stream, string text) {
        byte[] data = System.Text.Encoding.UTF8.GetBytes(text);
        byte[] size = BitConverter.GetBytes(IPAddress.HostToNetworkOrder(data.Length));
        stream.Write(size.Concat(data).ToArray(), 0, size.Length + data.Length);
    }

    static string Receive(Stream stream) {
        var reader = new BinaryReader(stream);
        uint size = (uint)IPAddress.NetworkToHostOrder(reader.ReadInt32());
        if (size > 4096) throw new IOException($"a message of {size} bytes is too long");
        byte[] data = reader.ReadBytes((int)size); // returns fewer bytes only at the end
        if (data.Length < size) throw new EndOfStreamException();
        string text = System.Text.Encoding.UTF8.GetString(data).Trim();
        // A terminal obeys control characters, so they are replaced.
        return string.Concat(text.Select(c => char.IsControl(c) && c != '\n' ? '?' : c));
    }

    static string Ask(string free, bool auto) {
        if (auto) return free == "" ? "I am a program. I play tictactoe." : free.Substring(0, 1);
        Console.Write(free == "" ? "You: " : $"Your move, one of {free}: ");
        return (Console.ReadLine() ?? "/q").Trim(); // the end of the input is a goodbye
    }

    static bool Talk(Stream stream, bool mine, bool auto) { // returns whether this side has left
        string board = ""; // in a game, each square is its number, X or O
        for (int i = 0; i < 10000; i++) { // the partner may be a program that never leaves
            string free = string.Join(" ", board.Where(char.IsDigit)); // "" in chat
            string text = mine ? Ask(free, auto) : Receive(stream);
            string word = text.Split('\n')[0].Trim().ToLower(); // tictalk draws the board below
            bool isMove = board != "" && free.Split(' ').Contains(word);
            if (!mine && !isMove) Console.WriteLine(text); // the board shows a move
            if (board != "" && !isMove && word != "/q" && word != "/resign") {
                if (!mine) Send(stream, $"That is not a free square, one of {free}.");
                continue; // the same side tries again
            }
            if (mine) Send(stream, text);
            if (word == "/q") return mine;
            board = isMove ? Move(board, word, mine) : word == "play tictactoe" ? "123456789" : "";
            mine = !mine;
        }
        return false;
    }

    static string Move(string board, string square, bool mine) { // returns "" after the game
        board = board.Replace(square, board.Count(char.IsDigit) % 2 == 1 ? "X" : "O");
        Console.WriteLine(board.Insert(6, "\n").Insert(3, "\n"));
        string[] lines = { "012", "345", "678", "036", "147", "258", "048", "246" };
        bool won = lines.Any(line => line.Select(c => board[c - '0']).Distinct().Count() == 1);
        if (!won && board.Any(char.IsDigit)) return board;
        Console.WriteLine(!won ? "A draw." : mine ? "You win." : "Your partner wins.");
        return "";
    }

    static int Main(string[] args) {
        bool listens = args[0] == "listen", auto = args.Last() == "auto";
        int port = int.Parse(args[listens ? 1 : 2]);
        var server = new TcpListener(IPAddress.Any, port);
        if (listens) server.Start();
        if (listens) Console.WriteLine($"Listening on {server.LocalEndpoint}");
        while (true)
            try {
                using (var peer = listens ? server.AcceptTcpClient() : new TcpClient(args[1], port))
                    if (Talk(peer.GetStream(), !listens, auto) || !listens) return 0;
            } catch (Exception error) when (error is IOException || error is SocketException) {
                Console.Error.WriteLine("The connection failed: " + error.Message);
                if (!listens) return 1;
            }
    }
}
