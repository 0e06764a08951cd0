using System.Security.Cryptography;
using FedSite.OpenStack;
using FedSite.OpenStack.Image;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>Making, filling, changing and deleting images, by the client.</summary>
public abstract class ImageWriteContract(ContractCloud cloud) : ImageWriter(cloud)
{
    [Fact]
    public async Task An_image_is_made_with_the_id_and_all_that_was_asked_for()
    {
        var made = await CreateAsync(
            New() with
            {
                Visibility = "shared",
                MinDiskGiB = 3,
                MinRamMiB = 512,
                Tags = ["fedsite"],
                Properties = new Dictionary<string, string> { ["fedsite_slot"] = "a/b:1", ["os_distro"] = "debian" },
            }
        );
        var image = (await Image.FindImageAsync(Owner, made.Id, Ct))!;

        Assert.Equal(
            ("queued", "shared", Cloud.StoreProjectId, null, null),
            (image.Status, image.Visibility, image.Owner, image.Size, image.HashValue)
        );
        Assert.Equal(
            (3, 512, "qcow2", "bare"),
            (image.MinDiskGiB, image.MinRamMiB, image.DiskFormat, image.ContainerFormat)
        );
        Assert.Equal(["fedsite"], image.Tags);
        Assert.Equal("a/b:1", image.Properties["fedsite_slot"].GetString());
    }

    [Fact]
    public async Task An_id_that_is_taken_shows_who_has_it()
    {
        var image = await CreateAsync(New());

        var failure = await Assert.ThrowsAsync<ImageExistsException>(() =>
            Image.CreateImageAsync(Owner, New() with { Id = image.Id }, Ct)
        );

        Assert.Equal((409, "queued"), (failure.Status, failure.Image!.Status));
    }

    [Fact]
    public async Task The_id_of_a_deleted_image_is_taken_for_ever()
    {
        var image = await CreateAsync(New());
        await Image.DeleteImageAsync(Owner, image.Id, Ct);

        var failure = await Assert.ThrowsAsync<ImageExistsException>(() =>
            Image.CreateImageAsync(Owner, New() with { Id = image.Id }, Ct)
        );

        Assert.Null(failure.Image);
        Assert.Null(await Image.FindImageAsync(Owner, image.Id, Ct));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_makes_it_active_with_the_sums_of_what_was_sent(bool lengthKnown)
    {
        var content = Random(3 << 20);
        var image = await UploadedAsync(content, lengthKnown);

        Assert.Equal(("active", (long?)content.Length), (image.Status, image.Size));
        Assert.Equal(("sha512", Convert.ToHexStringLower(SHA512.HashData(content))), (image.HashAlgo, image.HashValue));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 2 << 20)]
    [InlineData(false, 0)]
    [InlineData(false, 2 << 20)]
    public async Task A_writer_that_fails_takes_the_image_back_to_queued_and_it_can_be_filled_again(
        bool lengthKnown,
        int sent
    )
    {
        var content = Random(3 << 20);
        var image = await CreateAsync(New());
        var own = new FormatException("no good");

        var failure = await Assert.ThrowsAsync<FormatException>(() =>
            Image.UploadAsync(
                Owner,
                image.Id,
                lengthKnown ? content.Length : null,
                async (stream, ct) =>
                {
                    await stream.WriteAsync(content.AsMemory(0, sent), ct);
                    throw own;
                },
                Ct
            )
        );

        Assert.Same(own, failure);
        await AwaitStatusAsync(image.Id, "queued");
        await FillAsync(image.Id, content, lengthKnown);
        Assert.Equal(content.Length, (await Image.FindImageAsync(Owner, image.Id, Ct))!.Size);
    }

    [Fact]
    public async Task Content_that_is_there_is_refused_before_any_is_sent()
    {
        var image = await UploadedAsync(Random(10));

        var failure = await RefusedAsync(Owner, image.Id);

        Assert.Equal(409, failure.Status);
    }

    [Fact]
    public async Task An_image_that_is_not_there_is_refused_before_any_is_sent()
    {
        Assert.Equal(404, (await RefusedAsync(Owner, Guid.CreateVersion7().ToString())).Status);
    }

    [Fact]
    public async Task An_upload_meanwhile_is_refused_and_the_first_one_goes_on()
    {
        var content = Random(2 << 20);
        var image = await CreateAsync(New());

        await Image.UploadAsync(
            Owner,
            image.Id,
            content.Length,
            async (stream, ct) =>
            {
                await stream.WriteAsync(content.AsMemory(0, 1 << 20), ct);
                await AwaitStatusAsync(image.Id, "saving");
                Assert.Equal(409, (await RefusedAsync(Owner, image.Id)).Status);
                await stream.WriteAsync(content.AsMemory(1 << 20), ct);
            },
            Ct
        );

        Assert.Equal("active", (await Image.FindImageAsync(Owner, image.Id, Ct))!.Status);
    }

    [Fact]
    public async Task An_image_that_is_deleted_while_its_content_comes_stays_away()
    {
        var content = Random(2 << 20);
        var image = await CreateAsync(New());

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            Image.UploadAsync(
                Owner,
                image.Id,
                content.Length,
                async (stream, ct) =>
                {
                    await stream.WriteAsync(content.AsMemory(0, 1 << 20), ct);
                    await AwaitStatusAsync(image.Id, "saving");
                    await Image.DeleteImageAsync(Owner, image.Id, ct);
                    await stream.WriteAsync(content.AsMemory(1 << 20), ct);
                },
                Ct
            )
        );

        Assert.Equal(410, failure.Status);
        Assert.Null(await Image.FindImageAsync(Owner, image.Id, Ct));
    }

    [Fact]
    public async Task Keys_are_set_replaced_and_removed_and_doing_it_again_changes_nothing()
    {
        var image = await CreateAsync(New());
        ImageChange[] changes =
        [
            ImageChange.Set("name", "new name"),
            ImageChange.Set("os_hidden", true),
            ImageChange.Set("min_disk", 7),
            ImageChange.Set("tags", ["fedsite", "other"]),
            ImageChange.Set("fedsite_a/b~c", "é"),
            ImageChange.Remove("was_there"),
        ];
        await Image.UpdateImageAsync(Owner, image.Id, [ImageChange.Set("was_there", "x")], Ct);

        var once = await Image.UpdateImageAsync(Owner, image.Id, changes, Ct);
        var twice = await Image.UpdateImageAsync(Owner, image.Id, changes, Ct);

        Assert.All(
            [once, twice],
            changed =>
            {
                Assert.Equal(("new name", true, 7), (changed.Name, changed.Hidden, changed.MinDiskGiB));
                Assert.Equal(["fedsite", "other"], changed.Tags.Order(StringComparer.Ordinal));
                Assert.Equal("é", changed.Properties["fedsite_a/b~c"].GetString());
                Assert.DoesNotContain("was_there", changed.Properties.Keys);
            }
        );
    }

    [Theory]
    [InlineData("status")]
    [InlineData("size")]
    [InlineData("os_hash_value")]
    [InlineData("id")]
    public async Task Keys_of_Glance_s_own_are_not_changed(string key)
    {
        var image = await CreateAsync(New());

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            Image.UpdateImageAsync(Owner, image.Id, [ImageChange.Set(key, "x")], Ct)
        );

        Assert.Equal(403, failure.Status);
    }

    [Fact]
    public async Task The_format_is_changed_as_long_as_there_is_no_content()
    {
        var image = await CreateAsync(New());
        ImageChange[] raw = [ImageChange.Set("disk_format", "raw")];
        Assert.Equal("raw", (await Image.UpdateImageAsync(Owner, image.Id, raw, Ct)).DiskFormat);
        await FillAsync(image.Id, Random(10));

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            Image.UpdateImageAsync(Owner, image.Id, raw, Ct)
        );

        Assert.Equal(403, failure.Status);
    }

    [Fact]
    public async Task A_member_of_a_project_may_not_publish()
    {
        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            Image.CreateImageAsync(Owner, New() with { Visibility = "public" }, Ct)
        );

        Assert.Equal(403, failure.Status);
        Assert.Contains("admin", failure.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_protected_image_is_deleted_when_it_is_protected_no_more()
    {
        var image = await CreateAsync(New() with { Protected = true });

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => Image.DeleteImageAsync(Owner, image.Id, Ct));
        await Image.UpdateImageAsync(Owner, image.Id, [ImageChange.Set("protected", false)], Ct);
        await Image.DeleteImageAsync(Owner, image.Id, Ct);

        Assert.Equal(403, failure.Status);
        Assert.Null(await Image.FindImageAsync(Owner, image.Id, Ct));
    }

    [Fact]
    public async Task What_is_deleted_already_is_deleted()
    {
        var image = await UploadedAsync(Random(10));

        await Image.DeleteImageAsync(Owner, image.Id, Ct);
        await Image.DeleteImageAsync(Owner, image.Id, Ct);

        Assert.Null(await Image.FindImageAsync(Owner, image.Id, Ct));
    }

    [Fact]
    public async Task A_hidden_image_is_found_by_its_id_and_in_lists_of_hidden_ones()
    {
        var tag = Guid.CreateVersion7().ToString();
        var image = await CreateAsync(New() with { Hidden = true, Tags = [tag] });

        Assert.Empty(await ListAsync(new ImageQuery { Tag = tag }));
        Assert.Equal(image.Id, Assert.Single(await ListAsync(new ImageQuery { Tag = tag, Hidden = true })).Id);
        Assert.Empty(await ListAsync(new ImageQuery { Tag = $"{tag}-other", Hidden = true }));
        Assert.NotNull(await Image.FindImageAsync(Owner, image.Id, Ct));
    }

    private async Task<List<CloudImage>> ListAsync(ImageQuery query) =>
        await Image.ListImagesAsync(Owner, query, Ct).ToListAsync(Ct);
}
