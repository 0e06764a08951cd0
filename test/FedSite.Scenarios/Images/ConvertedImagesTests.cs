using System.Security.Cryptography;
using FedSite.Scenarios.Support;
using FedSite.TestKit.Contracts;

namespace FedSite.Scenarios.Images;

/// <summary>What is done to an image before Glance gets it, and which images it never gets.</summary>
public sealed class ConvertedImagesTests(ProjectsOnce once) : ImageScenario(once)
{
    [Fact]
    public async Task A_site_that_takes_raw_gets_the_disk_that_qemu_img_makes_of_it_made_once_for_two_slots()
    {
        Require.Program("/usr/bin/bwrap", "bubblewrap");
        await PushAsync("one", tag: "12");
        await PushAsync("one", tag: "bookworm");
        await QemuImgAsync("convert", "-f", "qcow2", "-O", "raw", "image", "raw");
        var expected = Convert.ToHexStringLower(SHA512.HashData(await File.ReadAllBytesAsync(InFolder("raw"), Ct)));
        var site = Site();
        site.Images = "  formats: [raw]";
        var log = LogPrograms(site);

        (await site.SyncAsync()).Did(0, "add done", "add done");

        var images = await Glance.ImagesAsync();
        Assert.Equal(2, images.Count);
        Assert.All(images, image => Assert.Equal("raw", (string?)image["disk_format"]));
        Assert.All(images, image => Assert.Equal(expected, (string?)image["os_hash_value"]));
        Assert.Single(
            await File.ReadAllLinesAsync(log, Ct),
            line => line.Contains(" convert ", StringComparison.Ordinal)
        );
        (await site.SyncAsync()).Did(0);
    }

    [Fact]
    public async Task An_unsafe_image_is_refused_by_name_remembered_and_never_opened_by_qemu_img()
    {
        await File.WriteAllTextAsync(InFolder("secret"), new string('x', 4096), Ct);
        await QemuImgAsync("create", "-f", "qcow2", "-F", "raw", "-b", InFolder("secret"), "hostile", "1M");
        await new PushedArtefact
        {
            Repository = $"{Project}/debian",
            File = await File.ReadAllBytesAsync(InFolder("hostile"), Ct),
        }.PushAsync(Registry, "12", Ct);
        var site = Site();
        site.Images = "  formats: [raw]";
        var log = LogPrograms(site);

        var first = (await site.SyncAsync()).Did(1, "add failed");
        var second = (await site.SyncAsync()).Did(3);

        Assert.Contains(Slot("debian", "12"), first.Error, StringComparison.Ordinal);
        Assert.Equal("qcow2-backing-file", (string?)second.Slot["refusal"]);
        Assert.Empty(await Glance.ImagesAsync());
        Assert.False(File.Exists(log));
    }

    [Fact]
    public async Task A_registry_that_wants_a_password_gives_its_images_for_it()
    {
        using var closed = new RawRegistry(Registries.Closed, Registries.Username, Registries.Password);
        var pushed = await PushAsync("one", closed);
        var site = Site(Registries.Closed, $", username: {Registries.Username}, password: {Registries.Password}");

        (await site.SyncAsync()).Did(0, "add done");

        Assert.Equal(pushed.Sha512, (string?)(await Glance.ImageAsync())["os_hash_value"]);
    }

    [Fact]
    public async Task Each_architecture_of_an_index_is_an_image_of_its_own()
    {
        var architectures = new Dictionary<string, PushedArtefact>(StringComparer.Ordinal)
        {
            ["amd64"] = await PushAsync("amd64", tag: "part-amd64"),
            ["arm64"] = await PushAsync("arm64", tag: "part-arm64"),
        };
        await PushedArtefact.PushIndexAsync(Registry, "12", architectures, Ct);

        (await Site().SyncAsync()).Did(0, "add done", "add done");

        var images = (await Glance.ImagesAsync()).ToDictionary(image => (string)image["name"]!, StringComparer.Ordinal);
        var name = $"{Registries.Open.Authority} {Project}/debian:12";
        Assert.Equal(architectures["amd64"].Sha512, (string?)images[$"{name}@amd64"]["os_hash_value"]);
        Assert.Equal(architectures["arm64"].Sha512, (string?)images[$"{name}@arm64"]["os_hash_value"]);
    }

    /// <summary>Has each start of the sandbox, with the words, written into a file.</summary>
    private string LogPrograms(ImageSite site)
    {
        site.Programs = Directory.CreateDirectory(InFolder("bin")).FullName;
        var log = InFolder("log");
        var program = Path.Combine(site.Programs, "bwrap");
        File.WriteAllText(program, $"#!/bin/sh\necho \"$*\" >> {log}\nexec /usr/bin/bwrap \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return log;
    }
}
