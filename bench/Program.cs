using FedSite.Bench;

switch (args)
{
    case ["list", var keystone, var user, var password]:
        await MinimalClient.RunAsync(new Uri(keystone), user, password);
        return 0;
    case ["inform", var keystone, var gocdb, var user, var password]:
        await MinimalInformation.RunAsync(new Uri(keystone), new Uri(gocdb), user, password);
        return 0;
    case ["sign", var certificate, var key, var trust]:
        SigningSpeed.Run(certificate, key, trust);
        return 0;
    default:
        Console.Error.WriteLine(
            "fedsite-bench list KEYSTONE USER PASSWORD | inform KEYSTONE GOCDB USER PASSWORD | sign CERTIFICATE KEY TRUST; see bench/run.sh"
        );
        return 2;
}
