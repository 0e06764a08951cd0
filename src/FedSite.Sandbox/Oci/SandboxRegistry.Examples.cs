using System.Globalization;

namespace FedSite.Sandbox.Oci;

/// <summary>What is in it at the start.</summary>
public sealed partial class SandboxRegistry
{
    /// <summary>The project of images that are for every VO.</summary>
    public const string CommonProject = "egi_vm_images";

    private const int OtherNames = 20;

    /// <summary>Images as EGI pushes them, and one that a VO pushed by hand.</summary>
    internal void AddExamples(string vo, int count)
    {
        (string Name, string Distribution, string Version, int Age)[] known =
        [
            ("debian", "Debian", "12", 14),
            ("ubuntu", "Ubuntu", "24.04", 8),
            ("alpine", "Alpine", "3.20", 3),
        ];
        foreach (var (name, distribution, version, age) in known.Take(count))
            PushExample(name, distribution, version, TimeSpan.FromDays(age));
        for (var number = 0; number < count - known.Length; number++)
        {
            var version = string.Create(CultureInfo.InvariantCulture, $"{1 + (number / OtherNames)}");
            var name = string.Create(CultureInfo.InvariantCulture, $"tool{number % OtherNames:00}");
            PushExample(name, "Tool", version, TimeSpan.FromDays(2));
        }

        PushImage($"{vo}/analysis", "1", SmallImage.Qcow2("analysis 1"));
    }

    /// <summary>An image with the annotations of EGI's, under its long tag and its short one.</summary>
    public PushedImage PushExample(string name, string distribution, string version, TimeSpan age)
    {
        var created = _time.GetUtcNow() - age;
        var day = created.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var commit = SandboxContent.Of([.. $"{name} {version} {day}".Select(c => (byte)c)]).Digest[7..47];
        var build = $"{day}-{commit[..8]}";
        var title = $"{distribution}.{version}-{build}.qcow2";
        return PushImage(
            $"{CommonProject}/{name}",
            [version, $"{version}-{build}"],
            SandboxContent.Of(SmallImage.Qcow2(title)),
            new Dictionary<string, string>
            {
                ["org.opencontainers.image.title"] = title,
                ["eu.egi.cloud.tag"] = build,
                ["eu.egi.cloud.description"] = $"EGI {distribution} {version} image",
                ["org.openstack.glance.os_distro"] = name,
                ["org.openstack.glance.os_version"] = version,
                ["org.openstack.glance.os_type"] = "linux",
                ["org.openstack.glance.os_admin_user"] = name,
                ["org.openstack.glance.architecture"] = "x86_64",
                ["org.openstack.glance.disk_format"] = "qcow2",
                ["org.openstack.glance.container_format"] = "bare",
            },
            new Dictionary<string, string>
            {
                ["org.opencontainers.image.created"] = OpenStack.Answers.Seconds(created),
                ["org.opencontainers.image.revision"] = commit,
                ["org.opencontainers.image.source"] = "https://git.example.org/vm-images",
            }
        );
    }
}
