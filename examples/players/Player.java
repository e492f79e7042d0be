// Plays Connect Four: drops its pieces into random columns.
import java.util.*;

class Player {
    public static void main(String[] args) {
        var random = new Random();
        for (var input = new Scanner(System.in); input.hasNextLine(); ) {
            String line = input.nextLine();
            if (!line.endsWith("your move.")) continue;
            // "...; room in: 1, 2; your move."
            String[] moves = line.substring(line.lastIndexOf(": ") + 2).split(";")[0].split(", ");
            System.out.println(moves[random.nextInt(moves.length)]); // flushes each line
        }
    }
}
