using FedSite.Oci;

namespace FedSite.Images.Sources;

/// <summary>What a layer is for, by its media type and by the name of its file.</summary>
internal static class LayerKind
{
    private const string ContainerLayer = "application/vnd.oci.image.layer.";

    /// <summary>Of containers, charts, signatures, statements about other artefacts, and of artefacts without content.</summary>
    private static readonly string[] NoDisk =
    [
        ContainerLayer,
        "application/vnd.docker.",
        "application/vnd.cncf.",
        "application/vnd.dev.cosign",
        "application/vnd.dev.sigstore",
        "application/vnd.dsse",
        "application/vnd.in-toto",
        "application/vnd.oci.empty",
        "application/vnd.wasm",
        "application/spdx",
        "application/wasm",
        "text/",
    ];

    private static readonly string[] ContainerConfigs =
    [
        "application/vnd.oci.image.config.",
        "application/vnd.docker.container.image.",
        "application/vnd.docker.plugin.",
        "application/vnd.cncf.helm.",
        "application/vnd.wasm.config.",
    ];

    private static readonly Dictionary<string, string> FormatByType = new(StringComparer.OrdinalIgnoreCase)
    {
        ["application/x-qemu-disk"] = "qcow2",
        ["application/x-raw-disk-image"] = "raw",
        ["application/x-vmdk"] = "vmdk",
        ["application/x-virtualbox-vdi"] = "vdi",
        ["application/x-virtualbox-vmdk"] = "vmdk",
        ["application/x-virtualbox-vhd"] = "vhd",
        ["application/x-virtualbox-ova"] = "ova",
        ["application/x-iso9660-image"] = "iso",
    };

    private static readonly string[] Endings = ["qcow2", "raw", "vmdk", "vdi", "vhd", "vhdx", "qed", "iso", "ova"];

    public static bool IsOfContainer(OciManifest manifest) =>
        ContainerConfigs.Any(type => Begins(manifest.Config?.MediaType, type));

    /// <summary>Certainly no disk of a machine.</summary>
    public static bool IsNoDisk(OciDescriptor layer) =>
        // `oras push` without a media type calls every file a container's layer: its name tells.
        Begins(layer.MediaType, ContainerLayer)
            ? FormatByTitle(layer.Annotations.GetValueOrDefault(Annotations.Title)) is null
            : NoDisk.Any(type => Begins(layer.MediaType, type)) || IsText(layer.MediaType);

    /// <summary>As the publisher declares it, by annotation or by the file's name; null: not said.</summary>
    /// <param name="isGuessed">It follows from the media type alone.</param>
    public static string? Format(
        OciDescriptor layer,
        IReadOnlyDictionary<string, string> annotations,
        out bool isGuessed
    )
    {
        isGuessed = false;
        var declared = annotations.GetValueOrDefault(Annotations.DiskFormat)?.Trim().ToLowerInvariant();
        if (declared is { Length: > 0 and <= 32 } && declared.All(char.IsAsciiLetterOrDigit))
            return declared;
        if (FormatByTitle(annotations.GetValueOrDefault(Annotations.Title)) is { } byTitle)
            return byTitle;
        isGuessed = FormatByType.TryGetValue(layer.MediaType, out var format);
        return format;
    }

    private static string? FormatByTitle(string? title) =>
        title is not null && title.LastIndexOf('.') is >= 0 and var dot
            ? Endings.FirstOrDefault(ending => ending.Equals(title[(dot + 1)..], StringComparison.OrdinalIgnoreCase))
            : null;

    private static bool IsText(string type) =>
        type.EndsWith("/json", StringComparison.OrdinalIgnoreCase)
        || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
        || type.EndsWith("+xml", StringComparison.OrdinalIgnoreCase);

    private static bool Begins(string? type, string beginning) =>
        type?.StartsWith(beginning, StringComparison.OrdinalIgnoreCase) == true;
}
