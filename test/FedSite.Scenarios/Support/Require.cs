namespace FedSite.Scenarios.Support;

/// <summary>What a test cannot do without: it is skipped with the reason, or fails where CI=true.</summary>
internal static class Require
{
    /// <summary>The real OpenStack that <c>test.sh</c> has started and filled.</summary>
    public static TestCloud Cloud()
    {
        var path = Environment.GetEnvironmentVariable("FEDSITE_TEST_CLOUD");
        if (string.IsNullOrEmpty(path))
        {
            Missing(
                "no cloud: run ./test.sh, or test/cloud/cloud up and seed and set FEDSITE_TEST_CLOUD to the path that test/cloud/cloud description prints"
            );
        }
        else if (!File.Exists(path))
        {
            Missing($"FEDSITE_TEST_CLOUD names {path}, which does not exist: run test/cloud/cloud seed");
        }
        return TestCloud.Load(path!);
    }

    /// <summary>For fixtures, which can't be skipped.</summary>
    public static bool HasFederation => File.Exists(Environment.GetEnvironmentVariable("FEDSITE_TEST_FEDERATION"));

    /// <summary>The OpenID Providers, and the empty Keystone, that <c>test.sh</c> has brought up.</summary>
    public static TestFederation Federation()
    {
        if (!HasFederation)
        {
            Missing(
                "no federation: run ./test.sh, or test/cloud/federation up and set FEDSITE_TEST_FEDERATION to the path that test/cloud/federation description prints"
            );
        }
        return TestFederation.Load(Environment.GetEnvironmentVariable("FEDSITE_TEST_FEDERATION")!);
    }

    /// <summary>The OCI registries that <c>test.sh</c> has brought up.</summary>
    public static TestRegistry Registry()
    {
        var path = Environment.GetEnvironmentVariable("FEDSITE_TEST_REGISTRY");
        if (!File.Exists(path))
        {
            Missing(
                "no registry: run ./test.sh, or test/cloud/registry up and set FEDSITE_TEST_REGISTRY to the path that test/cloud/registry description prints"
            );
        }
        return TestRegistry.Load(path!);
    }

    /// <summary>The Native AOT executable of <c>./build.sh release</c>.</summary>
    public static string ReleaseBinary()
    {
        var path = Path.Combine(Repository.Root, "artifacts", "release", "fedsite");
        if (!File.Exists(path))
        {
            Missing($"{path} does not exist: run ./build.sh release");
        }
        return path;
    }

    /// <summary>A Python that has the queue library of SSM.</summary>
    public static string Dirq()
    {
        const string python = "/usr/bin/python3";
        if (!File.Exists("/usr/lib/python3/dist-packages/dirq/QueueSimple.py"))
        {
            Missing("no python3-dirq: apt-get install python3-dirq");
        }
        return python;
    }

    /// <summary>A Python that has Keystone.</summary>
    public static string Keystone()
    {
        if (!File.Exists("/usr/lib/python3/dist-packages/keystone/federation/utils.py"))
        {
            Missing("no python3-keystone: apt-get install python3-keystone");
        }
        return "/usr/bin/python3";
    }

    /// <summary>A program of a Debian package.</summary>
    public static string Program(string path, string package)
    {
        if (!File.Exists(path))
        {
            Missing($"no {path}: apt-get install {package}");
        }
        return path;
    }

    /// <summary>The right to mount file systems, and the programs for it.</summary>
    public static void Root()
    {
        if (Environment.UserName != "root" || !File.Exists("/usr/bin/nsenter"))
        {
            Missing("file systems can't be mounted: run as root, with util-linux installed");
        }
    }

    private static void Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(reason);
        }
        Assert.Skip(reason);
    }
}
