// A partner for tictalk: chat and tictactoe over one TCP connection.
//   java Partner.java listen PORT [auto]          waits for partners, one after the other
//   java Partner.java connect HOST PORT [auto]    speaks first; "auto" answers without a person
import java.io.*;
import java.net.*;
import java.nio.ByteBuffer;
import java.util.Scanner;
import java.util.stream.Stream;
import static java.nio.charset.StandardCharsets.UTF_8;

public class Partner {
    static void send(Socket peer, String text) throws IOException {
        byte[] data = text.getBytes(UTF_8);
        ByteBuffer message = ByteBuffer.allocate(4 + data.length).putInt(data.length).put(data);
        peer.getOutputStream().write(message.array());
    }

    static String receive(Socket peer) throws IOException {
        var input = new DataInputStream(peer.getInputStream());
        int size = input.readInt();
        if (size < 0 || size > 4096) throw new IOException("a message is too long");
        byte[] data = new byte[size];
        input.readFully(data); // waits for all bytes, as readInt does
        // A terminal obeys control characters, so they are replaced.
        return new String(data, UTF_8).strip().replaceAll("[\\p{Cc}\\p{Cf}&&[^\n]]", "?");
    }

    static final Scanner KEYBOARD = new Scanner(System.in);
    static String ask(String free, boolean auto) {
        if (auto) return free.isEmpty() ? "I am a program. I play tictactoe." : free.charAt(0) + "";
        System.out.print(free.isEmpty() ? "You: " : "Your move, one of " + free + ": ");
        return KEYBOARD.hasNextLine() ? KEYBOARD.nextLine().strip() : "/q"; // the end: goodbye
    }

    static boolean talk(Socket peer, boolean mine, boolean auto) throws IOException {
        String board = ""; // in a game, each square is its number, X or O
        for (int turn = 0; turn < 10_000; turn++) { // the partner may be a program as well
            String free = board.replaceAll("[XO]", ""); // empty in chat
            String text = mine ? ask(free, auto) : receive(peer);
            String word = text.split("\n")[0].strip().toLowerCase(); // tictalk adds a board
            boolean isMove = word.length() == 1 && free.contains(word);
            if (!mine && !isMove) System.out.println(text); // the board shows a move
            if (!board.isEmpty() && !isMove && !word.equals("/q") && !word.equals("/resign")) {
                if (!mine) send(peer, "That is not a free square, one of " + free + ".");
                continue; // the same side tries again
            }
            if (mine) send(peer, text);
            if (word.equals("/q")) return mine;
            if (isMove) board = move(board.replace(word, free.length() % 2 == 1 ? "X" : "O"), mine);
            else board = word.equals("play tictactoe") ? "123456789" : "";
            mine = !mine;
        }
        return false;
    }

    static String move(String board, boolean mine) { // returns "" when the game is over
        System.out.println(board.replaceAll("(...)(...)", "$1\n$2\n"));
        boolean won = Stream.of("012", "345", "678", "036", "147", "258", "048", "246")
            .anyMatch(line -> line.chars().map(i -> board.charAt(i - '0')).distinct().count() == 1);
        if (!won && !board.matches("[XO]*")) return board;
        System.out.println(!won ? "A draw." : mine ? "You win." : "Your partner wins.");
        return "";
    }

    public static void main(String[] args) throws IOException {
        boolean listens = args[0].equals("listen"), auto = args[args.length - 1].equals("auto");
        int port = Integer.parseInt(args[listens ? 1 : 2]);
        ServerSocket server = listens ? new ServerSocket(port) : null;
        if (listens) System.out.println("Listening on port " + server.getLocalPort());
        while (true) {
            try (Socket peer = listens ? server.accept() : new Socket(args[1], port)) {
                if (talk(peer, !listens, auto) || !listens) return;
            } catch (IOException error) {
                System.err.println("The connection failed: " + error);
                if (!listens) System.exit(1);
            }
        }
    }
}
