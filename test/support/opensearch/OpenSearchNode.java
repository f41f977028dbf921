import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;

/** One OpenSearch node on loopback: arguments are its folder and its HTTP port. Ends when its standard input ends. */
public class OpenSearchNode extends Node {
    OpenSearchNode(Settings settings, List<Class<? extends Plugin>> plugins) {
        super(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "test"), plugins, true);
    }

    public static void main(String[] args) throws Exception {
        Settings settings = Settings.builder()
            .put("path.home", args[0])
            .put("cluster.name", "tocsin-test")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", args[1])
            .put("http.type", "netty4")
            .put("transport.type", "netty4")
            .put("transport.port", "0")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
        List<Class<? extends Plugin>> plugins =
            List.of(org.opensearch.transport.Netty4Plugin.class, org.opensearch.painless.PainlessPlugin.class);
        new OpenSearchNode(settings, plugins).start();
        System.out.println("started");
        while (System.in.read() != -1) {}
        Runtime.getRuntime().halt(0);
    }
}
