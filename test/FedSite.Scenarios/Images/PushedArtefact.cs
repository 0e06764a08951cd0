using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FedSite.Sandbox.Oci;
using FedSite.TestKit.Contracts;

namespace FedSite.Scenarios.Images;

/// <summary>An image as EGI's builds push it with <c>oras</c>: one layer, annotated for Glance.</summary>
internal sealed record PushedArtefact
{
    public const string IndexType = "application/vnd.oci.image.index.v1+json";

    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string EmptyDigest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    public required string Repository { get; init; }
    public required byte[] File { get; init; }
    public string Format { get; init; } = "qcow2";
    public string Created { get; init; } = "2026-10-01T05:00:00Z";

    /// <summary>Digest of the manifest, once it is pushed.</summary>
    public string Manifest { get; private init; } = "";

    public string Digest => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(File))}";
    public string Sha512 => Convert.ToHexStringLower(SHA512.HashData(File));

    public JsonObject Annotations =>
        new()
        {
            ["org.opencontainers.image.title"] = "Debian.12-2026-10-01-1a2b3c4d.qcow2",
            ["eu.egi.cloud.tag"] = "2026-10-01-1a2b3c4d",
            ["eu.egi.cloud.description"] = "Debian 12 of the tests",
            ["org.openstack.glance.os_distro"] = "debian",
            ["org.openstack.glance.os_version"] = "12",
            ["org.openstack.glance.os_type"] = "linux",
            ["org.openstack.glance.os_admin_user"] = "debian",
            ["org.openstack.glance.architecture"] = "x86_64",
            ["org.openstack.glance.hw_watchdog_action"] = "reset",
            ["org.openstack.glance.disk_format"] = Format,
            ["org.openstack.glance.container_format"] = "bare",
        };

    /// <summary>Pushes it, and puts the tag on it.</summary>
    public async Task<PushedArtefact> PushAsync(RawRegistry registry, string tag, CancellationToken ct)
    {
        await registry.PushBlobAsync(Repository, SandboxContent.Of(File), ct);
        await registry.PushBlobAsync(Repository, SandboxContent.Of("{}"u8.ToArray()), ct);
        var manifest = await registry.PushManifestAsync(Repository, tag, Encoding.UTF8.GetBytes(Text()), ct);
        return this with { Manifest = manifest };
    }

    /// <summary>Pushes an index of several that are there by their digests.</summary>
    public static Task PushIndexAsync(
        RawRegistry registry,
        string tag,
        IReadOnlyDictionary<string, PushedArtefact> byArchitecture,
        CancellationToken ct
    )
    {
        var index = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = IndexType,
            ["manifests"] = new JsonArray([
                .. byArchitecture.Select(pair => new JsonObject
                {
                    ["mediaType"] = ManifestType,
                    ["digest"] = pair.Value.Manifest,
                    ["size"] = pair.Value.Text().Length,
                    ["platform"] = new JsonObject { ["architecture"] = pair.Key, ["os"] = "linux" },
                }),
            ]),
        };
        return registry.PushManifestAsync(
            byArchitecture.Values.First().Repository,
            tag,
            Encoding.UTF8.GetBytes(index.ToJsonString()),
            ct,
            IndexType
        );
    }

    private string Text() =>
        new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = ManifestType,
            ["artifactType"] = "application/vnd.unknown.artifact.v1",
            ["config"] = new JsonObject
            {
                ["mediaType"] = "application/vnd.oci.empty.v1+json",
                ["digest"] = EmptyDigest,
                ["size"] = 2,
                ["data"] = "e30=",
            },
            ["layers"] = new JsonArray(
                new JsonObject
                {
                    ["mediaType"] = "application/x-qemu-disk",
                    ["digest"] = Digest,
                    ["size"] = File.Length,
                    ["annotations"] = Annotations,
                }
            ),
            ["annotations"] = new JsonObject
            {
                ["org.opencontainers.image.created"] = Created,
                ["org.opencontainers.image.revision"] = "0123456789abcdef0123456789abcdef01234567",
                ["org.opencontainers.image.source"] = "https://git.example.org/vm-images",
            },
        }.ToJsonString();
}
