import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import software.amazon.event.ruler.Machine;

/** For each line of the input, [pattern, event]: whether EventBridge's own matcher says that they match. */
public class Match {
    public static void main(String[] arguments) throws Exception {
        ObjectMapper json = new ObjectMapper();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            JsonNode pair = json.readTree(line);
            Machine machine = new Machine();
            machine.addRule("rule", pair.get(0).toString());
            System.out.println(!machine.rulesForJSONEvent(pair.get(1).toString()).isEmpty());
        }
    }
}
