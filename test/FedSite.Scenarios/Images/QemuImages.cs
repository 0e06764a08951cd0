using CliWrap;
using CliWrap.Buffered;

namespace FedSite.Scenarios.Images;

/// <summary>Images as <c>qemu-img</c> makes them, in a folder of their own.</summary>
internal sealed class QemuImages : IDisposable
{
    /// <summary>Of the disk that all are made from.</summary>
    public const int DiskBytes = (20 << 20) + 512;

    /// <summary>What is done to make <c>out</c>, by a name; commands follow each other after <c>;</c>.</summary>
    public static IReadOnlyDictionary<string, string> Recipes { get; } =
        new Dictionary<string, string>
        {
            ["plain"] = "convert -f raw -O qcow2 in out",
            ["version 2"] = "convert -f raw -O qcow2 -o compat=0.10 in out",
            ["version 2, clusters of 512"] = "convert -f raw -O qcow2 -o compat=0.10,cluster_size=512 in out",
            ["version 2, compressed"] = "convert -c -f raw -O qcow2 -o compat=0.10 in out",
            ["clusters of 512"] = "convert -f raw -O qcow2 -o cluster_size=512 in out",
            ["clusters of 1k"] = "convert -f raw -O qcow2 -o cluster_size=1k in out",
            ["clusters of 4k"] = "convert -f raw -O qcow2 -o cluster_size=4k in out",
            ["clusters of 2M"] = "convert -f raw -O qcow2 -o cluster_size=2M in out",
            ["lazy refcounts"] = "convert -f raw -O qcow2 -o lazy_refcounts=on in out",
            ["compressed"] = "convert -c -f raw -O qcow2 in out",
            ["compressed by zstd"] = "convert -c -f raw -O qcow2 -o compression_type=zstd in out",
            ["compressed, clusters of 512"] = "convert -c -f raw -O qcow2 -o cluster_size=512 in out",
            ["compressed, clusters of 2M"] = "convert -c -f raw -O qcow2 -o cluster_size=2M in out",
            ["zstd unused"] = "convert -f raw -O qcow2 -o compression_type=zstd in out",
            ["extended L2"] = "convert -f raw -O qcow2 -o extended_l2=on in out",
            ["extended L2, clusters of 16k"] = "convert -f raw -O qcow2 -o extended_l2=on,cluster_size=16k in out",
            ["extended L2, compressed"] = "convert -c -f raw -O qcow2 -o extended_l2=on,cluster_size=128k in out",
            ["metadata"] = "convert -f raw -O qcow2 -o preallocation=metadata in out",
            ["falloc"] = "convert -f raw -O qcow2 -o preallocation=falloc in out",
            ["full"] = "convert -f raw -O qcow2 -o preallocation=full in out",
            ["metadata, small clusters"] = "convert -f raw -O qcow2 -o preallocation=metadata,cluster_size=512 in out",
            ["metadata, extended L2"] = "create -f qcow2 -o preallocation=metadata,extended_l2=on out 100M",
            ["refcounts of 1 bit"] = "convert -f raw -O qcow2 -o refcount_bits=1 in out",
            ["refcounts of 8 bits"] = "convert -f raw -O qcow2 -o refcount_bits=8 in out",
            ["refcounts of 64 bits"] = "convert -f raw -O qcow2 -o refcount_bits=64,cluster_size=512 in out",
            ["no zeros found"] = "convert -S 0 -f raw -O qcow2 in out",
            ["unordered"] = "convert -W -m 16 -f raw -O qcow2 in out",
            ["empty"] = "create -f qcow2 out 10G",
            ["empty, small clusters"] = "create -f qcow2 -o cluster_size=512 out 10G",
            ["largest"] = "create -f qcow2 out 200G",
            ["without a disk"] = "create -f qcow2 out 0",
            ["grown"] = "convert -f raw -O qcow2 in out;resize -f qcow2 out +40G",
            ["grown a lot"] = "convert -f raw -O qcow2 -o cluster_size=4k in out;resize -f qcow2 out +40G",
            ["grown, preallocated"] = "convert -f raw -O qcow2 in out;resize -f qcow2 --preallocation=metadata out +1G",
            ["shrunk"] = "convert -f raw -O qcow2 in out;resize -f qcow2 --shrink out 1M",
            ["snapshot removed"] = "convert -f raw -O qcow2 in out;snapshot -c a out;snapshot -d a out",
            ["bitmap"] = "convert -f raw -O qcow2 in out;bitmap --add -f qcow2 out b",
            ["amended to version 2"] = "convert -f raw -O qcow2 in out;amend -f qcow2 -o compat=0.10 out",
            ["amended to version 3"] = "convert -f raw -O qcow2 -o compat=0.10 in out;amend -f qcow2 -o compat=1.1 out",
            ["amended refcounts"] = "convert -f raw -O qcow2 in out;amend -f qcow2 -o refcount_bits=64 out",
            ["no longer on another"] =
                "convert -f raw -O qcow2 in base;create -f qcow2 -F qcow2 -b base out;rebase -f qcow2 -b= out",
            ["unsafely no longer on another"] =
                "convert -f raw -O qcow2 in base;create -f qcow2 -F qcow2 -b base out;rebase -u -f qcow2 -b= out",
            ["checked"] = "convert -f raw -O qcow2 in out;check -f qcow2 -r all out",
        };

    /// <summary>The same, of images that must be refused, and with which finding.</summary>
    public static IReadOnlyDictionary<string, (string Recipe, string Id)> Refused { get; } =
        new Dictionary<string, (string, string)>
        {
            ["backing file"] = ("create -f qcow2 -F raw -b in out", "qcow2-backing-file"),
            ["data file"] = ("create -f qcow2 -o data_file=data out 1M", "qcow2-data-file"),
            ["raw data file"] = ("create -f qcow2 -o data_file=data,data_file_raw=on out 1M", "qcow2-data-file"),
            ["snapshot"] = ("convert -f raw -O qcow2 in out;snapshot -c a out", "qcow2-snapshots"),
            // Not luks: qemu-img measures its own speed for that, and gives up where the machine's clock is coarse.
            ["encrypted"] = (
                "create -f qcow2 --object secret,id=s,data=abc -o encrypt.format=aes,encrypt.key-secret=s out 1M",
                "qcow2-encrypted"
            ),
            ["bomb"] = ("create -f qcow2 out 8T", "virtual-size"),
            ["vmdk"] = ("convert -f raw -O vmdk in out", "format-vmdk"),
            ["flat vmdk"] = ("convert -f raw -O vmdk -o subformat=monolithicFlat in out", "format-vmdk"),
            ["streamed vmdk"] = ("convert -f raw -O vmdk -o subformat=streamOptimized in out", "format-vmdk"),
            ["vdi"] = ("convert -f raw -O vdi in out", "format-vdi"),
            ["vhd"] = ("convert -f raw -O vpc in out", "format-vhd"),
            ["fixed vhd"] = ("convert -f raw -O vpc -o subformat=fixed in out", "format-vhd"),
            ["vhdx"] = ("convert -f raw -O vhdx in out", "format-vhdx"),
            ["qed"] = ("convert -f raw -O qed in out", "format-qed"),
            ["qcow"] = ("convert -f raw -O qcow in out", "format-qcow"),
            ["parallels"] = ("convert -f raw -O parallels in out", "format-parallels"),
            ["luks"] = (
                "create -f luks --object secret,id=s,data=abc -o key-secret=s,iter-time=10 out 1M",
                "format-luks"
            ),
        };

    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-images-").FullName;

    public QemuImages()
    {
        var random = new Random(7);
        var disk = new byte[DiskBytes];
        // Some random, some that can be compressed, much that is empty.
        random.NextBytes(disk.AsSpan(0, 300_000));
        random.NextBytes(disk.AsSpan(9 << 20, 70_000));
        disk.AsSpan(12 << 20, 1 << 20).Fill(0x55);
        random.NextBytes(disk.AsSpan(disk.Length - 700));
        File.WriteAllBytes(Path.Combine(_folder, "in"), disk);
    }

    public string Out => Path.Combine(_folder, "out");

    public async Task MakeAsync(string recipe, CancellationToken cancellationToken)
    {
        foreach (var command in recipe.Split(';'))
        {
            await Cli.Wrap("qemu-img")
                .WithArguments(command.Split(' ').SelectMany(word => word == "-b=" ? (string[])["-b", ""] : [word]))
                .WithWorkingDirectory(_folder)
                .ExecuteBufferedAsync(cancellationToken);
        }
    }

    /// <summary>Runs <c>qemu-img</c> on it, whatever it says.</summary>
    public async Task<BufferedCommandResult> AskAsync(
        IEnumerable<string> arguments,
        CancellationToken cancellationToken
    ) =>
        await Cli.Wrap("qemu-img")
            .WithArguments(arguments)
            .WithWorkingDirectory(_folder)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
