using FedSite.OpenStack;
using FedSite.OpenStack.Image;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>Who is offered an image, who may change that, and who sees it then.</summary>
public abstract class ImageMemberContract(ContractCloud cloud) : ImageWriter(cloud)
{
    private TokenScope Member => TokenScope.Project(Cloud.OtherProjectId);

    [Fact]
    public async Task A_project_is_offered_an_image_accepts_it_and_has_it_in_its_lists()
    {
        using var member = Connect(Cloud.Accounting);
        var image = await CreateAsync(Shared());

        await Image.AddMemberAsync(Owner, image.Id, Cloud.OtherProjectId, Ct);
        var offered = await MembersAsync(image.Id);
        var foundWhenOffered = await member.Image.FindImageAsync(Member, image.Id, Ct);
        var listedWhenOffered = await ListedAsync(member, image);
        await member.Image.SetMemberStatusAsync(Member, image.Id, Cloud.OtherProjectId, "accepted", Ct);

        Assert.Equal([(Cloud.OtherProjectId, "pending")], offered);
        Assert.NotNull(foundWhenOffered);
        Assert.False(listedWhenOffered);
        Assert.Equal([(Cloud.OtherProjectId, "accepted")], await MembersAsync(image.Id));
        Assert.True(await ListedAsync(member, image));
    }

    [Fact]
    public async Task A_project_that_is_offered_an_image_again_keeps_its_answer()
    {
        using var member = Connect(Cloud.Accounting);
        var image = await OfferedAsync(member, "accepted");

        await Image.AddMemberAsync(Owner, image.Id, Cloud.OtherProjectId, Ct);

        Assert.Equal([(Cloud.OtherProjectId, "accepted")], await MembersAsync(image.Id));
    }

    [Fact]
    public async Task A_project_that_is_a_member_no_more_sees_the_image_no_more()
    {
        using var member = Connect(Cloud.Accounting);
        var image = await OfferedAsync(member, "accepted");

        await Image.RemoveMemberAsync(Owner, image.Id, Cloud.OtherProjectId, Ct);
        await Image.RemoveMemberAsync(Owner, image.Id, Cloud.OtherProjectId, Ct);

        Assert.Empty(await MembersAsync(image.Id));
        Assert.Null(await member.Image.FindImageAsync(Member, image.Id, Ct));
    }

    [Fact]
    public async Task An_owner_may_not_answer_for_a_member_but_an_admin_may()
    {
        using var admin = ConnectAdmin();
        var image = await CreateAsync(Shared());
        await Image.AddMemberAsync(Owner, image.Id, Cloud.OtherProjectId, Ct);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            Image.SetMemberStatusAsync(Owner, image.Id, Cloud.OtherProjectId, "accepted", Ct)
        );
        await admin.Image.SetMemberStatusAsync(TokenScope.Configured, image.Id, Cloud.OtherProjectId, "accepted", Ct);

        Assert.Equal(403, failure.Status);
        Assert.Equal([(Cloud.OtherProjectId, "accepted")], await MembersAsync(image.Id));
    }

    [Fact]
    public async Task A_project_that_was_not_offered_an_image_cannot_accept_it()
    {
        using var member = Connect(Cloud.Accounting);
        var image = await CreateAsync(Shared());

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            member.Image.SetMemberStatusAsync(Member, image.Id, Cloud.OtherProjectId, "accepted", Ct)
        );

        Assert.Equal(404, failure.Status);
    }

    [Fact]
    public async Task A_member_sees_no_other_member()
    {
        using var member = Connect(Cloud.Accounting);
        var image = await OfferedAsync(member, "accepted");
        await Image.AddMemberAsync(Owner, image.Id, Id(1), Ct);

        var seen = await member.Image.ListMembersAsync(Member, image.Id, Ct);

        Assert.Equal([Cloud.OtherProjectId], seen.Select(m => m.ProjectId));
    }

    [Fact]
    public async Task A_member_may_not_change_the_image_nor_who_else_sees_it()
    {
        using var member = Connect(Cloud.Accounting);
        var image = await OfferedAsync(member, "accepted");
        var theirs = member.Image;

        await Refused(403, () => theirs.AddMemberAsync(Member, image.Id, Id(1), Ct));
        await Refused(403, () => theirs.RemoveMemberAsync(Member, image.Id, Cloud.OtherProjectId, Ct));
        await Refused(403, () => theirs.UpdateImageAsync(Member, image.Id, [ImageChange.Set("name", "x")], Ct));
        await Refused(403, () => theirs.DeleteImageAsync(Member, image.Id, Ct));
        await Refused(403, () => theirs.UploadAsync(Member, image.Id, 1, (_, _) => throw new FormatException(), Ct));
    }

    [Fact]
    public async Task To_a_project_of_others_a_private_image_is_not_there()
    {
        using var member = Connect(Cloud.Accounting);
        var image = await CreateAsync(New());
        var theirs = member.Image;

        await theirs.DeleteImageAsync(Member, image.Id, Ct);
        await Refused(404, () => theirs.UpdateImageAsync(Member, image.Id, [ImageChange.Set("name", "x")], Ct));
        await Refused(404, () => theirs.UploadAsync(Member, image.Id, 1, (_, _) => throw new FormatException(), Ct));

        Assert.NotNull(await Image.FindImageAsync(Owner, image.Id, Ct));
    }

    [Theory]
    [InlineData("private")]
    [InlineData("community")]
    public async Task Only_a_shared_image_tells_its_members_and_keeps_them_while_it_is_another(string visibility)
    {
        using var member = Connect(Cloud.Accounting);
        var image = await OfferedAsync(member, "accepted");

        await Image.UpdateImageAsync(Owner, image.Id, [ImageChange.Set("visibility", visibility)], Ct);
        await Refused(403, () => Image.ListMembersAsync(Owner, image.Id, Ct));
        await Refused(403, () => Image.AddMemberAsync(Owner, image.Id, Id(1), Ct));
        await Refused(403, () => Image.RemoveMemberAsync(Owner, image.Id, Cloud.OtherProjectId, Ct));
        await Image.UpdateImageAsync(Owner, image.Id, [ImageChange.Set("visibility", "shared")], Ct);

        Assert.Equal([(Cloud.OtherProjectId, "accepted")], await MembersAsync(image.Id));
    }

    [Fact]
    public async Task An_image_has_at_most_128_members_of_whom_one_may_be_offered_it_again()
    {
        var image = await CreateAsync(Shared());
        for (var number = 0; number < 128; number++)
        {
            await Image.AddMemberAsync(Owner, image.Id, Id(number), Ct);
        }

        await Image.AddMemberAsync(Owner, image.Id, Id(5), Ct);
        var failure = await Assert.ThrowsAsync<ImageMemberLimitException>(() =>
            Image.AddMemberAsync(Owner, image.Id, Id(128), Ct)
        );

        Assert.Contains("image_member_quota", failure.NextStep, StringComparison.Ordinal);
        Assert.Equal(128, (await MembersAsync(image.Id)).Count);
    }

    private static NewImage Shared() => New() with { Visibility = "shared" };

    private static string Id(int number) => Guid.Parse($"{number:d32}").ToString("N");

    private async Task<CloudImage> OfferedAsync(OpenStackCloud member, string answer)
    {
        var image = await CreateAsync(Shared());
        await Image.AddMemberAsync(Owner, image.Id, Cloud.OtherProjectId, Ct);
        await member.Image.SetMemberStatusAsync(Member, image.Id, Cloud.OtherProjectId, answer, Ct);
        return image;
    }

    private async Task<List<(string, string)>> MembersAsync(string id) =>
        [.. (await Image.ListMembersAsync(Owner, id, Ct)).Select(m => (m.ProjectId, m.Status))];

    private async Task<bool> ListedAsync(OpenStackCloud member, CloudImage image)
    {
        var query = new ImageQuery { Owner = image.Owner };
        var images = await member.Image.ListImagesAsync(Member, query, Ct).ToListAsync(Ct);
        return images.Any(listed => listed.Id == image.Id);
    }

    private static async Task Refused(int status, Func<Task> act)
    {
        var failure = await Assert.ThrowsAsync<OpenStackException>(act);
        Assert.Equal(status, failure.Status);
    }
}
