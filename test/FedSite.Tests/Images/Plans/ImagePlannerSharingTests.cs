using FedSite.Configuration;
using FedSite.Images.Catalogue;
using FedSite.Images.Plans;
using FedSite.Images.Sources;
using FedSite.OpenStack.Image;

namespace FedSite.Tests.Images.Plans;

public sealed class ImagePlannerSharingTests
{
    private readonly PlanWorld _world = new();

    [Fact]
    public void A_project_that_a_VO_shares_with_one_that_may_not_see_the_image_keeps_it()
    {
        _world.Vos = new SiteVos([new("vo.a", "project-a"), new("/vo/b", "project-a")], [], IsComplete: true);
        _world.Sources[0] = _world.Sources[0] with { Vos = ["/vo/b"] };
        _world.Offer("1");

        Assert.Equal(["/vo/b"], _world.One().Vos);
        Assert.Equal(["project-a"], _world.One().Projects);
    }

    [Fact]
    public void A_size_beyond_all_numbers_fits_no_budget()
    {
        var budget = new VoBudget(new ByteSize(2000));

        Assert.True(budget.TryAdd("vo.a", 1000));
        Assert.False(budget.TryAdd("vo.a", long.MaxValue));
        Assert.True(budget.TryAdd("vo.a", 1000));
    }

    [Fact]
    public void A_project_that_does_not_see_it_yet_gets_to_see_it()
    {
        _world.Offer("1");
        _world.Share(_world.Image("1"), "project-a");
        var action = Assert.Single(_world.One().Actions);
        Assert.Equal((ImageStep.Share, "project-b"), (action.Step, Assert.Single(action.Projects)));
    }

    [Fact]
    public void A_project_that_has_not_accepted_is_helped_to()
    {
        _world.Offer("1");
        var image = _world.Image("1");
        _world.Members[image.Id] =
        [
            new() { ProjectId = "project-a", Status = "accepted" },
            new() { ProjectId = "project-b", Status = "pending" },
        ];
        Assert.Equal([ImageStep.Share], _world.Steps());
    }

    [Fact]
    public void A_project_of_no_VO_ceases_to_see_it()
    {
        _world.Offer("1");
        _world.Share(_world.Image("1"), "project-a", "project-b", "project-x");
        var action = Assert.Single(_world.One().Actions);
        Assert.Equal((ImageStep.Unshare, "project-x"), (action.Step, Assert.Single(action.Projects)));
    }

    [Fact]
    public void Nobody_loses_an_image_by_a_misspelt_VO()
    {
        _world.Sources[0] = _world.Sources[0] with { Vos = ["vo.a", "vo.bb"] };
        _world.Offer("1");
        _world.Image("1");
        Assert.Empty(_world.One().Actions);
    }

    [Fact]
    public void Nobody_loses_an_image_while_the_projects_of_a_VO_are_not_known()
    {
        _world.Offer("1");
        _world.Image("1");
        _world.Vos = new SiteVos([new("vo.a", "project-a")], ["vo.b"], IsComplete: false);
        Assert.Empty(_world.One().Actions);
    }

    [Fact]
    public void Nobody_loses_an_image_while_another_source_of_the_registry_does_not_tell()
    {
        _world.Sources[0] = _world.Sources[0] with { Vos = ["vo.a"] };
        _world.AddSource("other", "vo.b");
        _world.Failures["other"] = new FedSiteException("503");
        _world.Offer("1");
        _world.Image("1");
        Assert.Empty(_world.One().Actions);
    }

    [Fact]
    public void A_slot_that_its_source_withdrew_stays_while_another_that_may_offer_it_does_not_tell()
    {
        _world.AddSource("other", "all");
        _world.Failures["other"] = new FedSiteException("down");
        _world.Offer("1", slot: "registry.example.org/images/ubuntu:24.04");
        _world.Image("1");
        Assert.Equal((Decisions.Unknown, 0), (_world.One().Decision, _world.One().Actions.Count));
    }

    [Fact]
    public void A_slot_that_its_source_withdrew_stays_while_another_that_may_offer_it_is_not_asked()
    {
        var other = _world.AddSource("other", "all");
        _world.Sources.Remove(other);
        _world.Config = new ImagesConfig { Sources = [_world.Sources[0], other] };
        _world.OnlySources = new HashSet<string> { "images" };
        _world.Offer("1", slot: "registry.example.org/images/ubuntu:24.04");
        _world.Image("1");
        Assert.Equal((Decisions.Unknown, 0), (_world.One().Decision, _world.One().Actions.Count));
    }

    [Fact]
    public void An_image_of_two_sources_is_for_the_VOs_of_both()
    {
        _world.Sources[0] = _world.Sources[0] with { Vos = ["vo.a"] };
        _world.AddSource("other", "vo.b");
        _world.Offer("1");
        _world.Offer("1", source: "other");
        Assert.Equal(["vo.a", "vo.b"], _world.One().Vos);
    }

    [Fact]
    public void An_image_is_not_for_VOs_that_its_source_does_not_name()
    {
        _world.Sources[0] = _world.Sources[0] with { Vos = ["vo.a"] };
        _world.Offer("1");
        Assert.Equal(["project-a"], _world.One().Projects);
    }

    [Fact]
    public void A_VO_that_would_see_too_much_goes_without()
    {
        _world.Config = new ImagesConfig { Limits = new ImageLimitsConfig { PerVo = new ByteSize(2000) } };
        _world.Sources[0] = _world.Sources[0] with { Vos = ["vo.a"] };
        _world.AddSource("other", "vo.a", "vo.b");
        _world.Offer("1", slot: "registry.example.org/images/a:1", size: 1500);
        _world.Offer("1", slot: "registry.example.org/images/b:1", source: "other", size: 1500);
        Assert.Equal(["vo.b"], _world.One("registry.example.org/images/b:1").Vos);
    }

    [Fact]
    public void An_image_that_no_VO_may_have_any_more_is_refused()
    {
        _world.Config = new ImagesConfig { Limits = new ImageLimitsConfig { PerVo = new ByteSize(500) } };
        _world.Offer("1");
        Assert.Equal("per-vo-limit", _world.One().Refusal);
    }

    [Fact]
    public void Open_images_have_no_members()
    {
        _world.Config = new ImagesConfig { Visibility = "public" };
        _world.Offer("1");
        _world.Image("1", visibility: "public");
        Assert.Empty(_world.One().Actions);
    }

    [Fact]
    public void Another_visibility_is_put_right()
    {
        _world.Offer("1");
        _world.Image("1", visibility: "public");
        Assert.Equal(ImageStep.Update, _world.Steps()[0]);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void Nobody_loses_an_image_when_all_VOs_are_gone_at_once_unless_that_is_meant(bool force, int actions)
    {
        _world.Force = force;
        _world.Vos = new SiteVos([], [], IsComplete: true);
        _world.Offer("1");
        _world.Image("1");
        var plan = _world.Plan();
        Assert.Equal((actions, !force), (plan.Actions.Count(), plan.IsTroubled));
    }

    [Fact]
    public void An_old_version_that_everybody_sees_is_closed_when_images_are_to_be_shared()
    {
        _world.Offer("2", day: 2);
        _world.Image("2", day: 2);
        var old = _world.Image("1", hiddenDays: 1, visibility: "public");
        var action = Assert.Single(_world.One().Actions);
        Assert.Equal(
            (ImageStep.Update, old.Id, "shared", 2),
            (action.Step, action.Image?.Id, action.Visibility, action.Projects.Count)
        );
    }

    [Fact]
    public void What_everybody_sees_is_closed_although_the_new_version_is_refused()
    {
        _world.Offer("2", day: 2, size: 21L << 30);
        _world.Image("1", visibility: "public");
        var slot = _world.One();
        Assert.Equal(("too-large", "shared"), (slot.Refusal, Assert.Single(slot.Actions).Visibility));
    }

    [Fact]
    public void An_old_version_that_was_opened_because_of_its_members_stays_open()
    {
        _world.Config = new ImagesConfig { BeyondMembers = "community" };
        _world.Offer("2", day: 2);
        _world.Image("2", day: 2);
        _world.Image(
            "1",
            hiddenDays: 1,
            visibility: "community",
            properties: new Dictionary<string, string?> { [ImageKeys.MemberLimit] = "1" }
        );
        Assert.Empty(_world.One().Actions);
    }

    [Fact]
    public void The_project_that_has_an_image_takes_no_place_among_its_members()
    {
        _world.Config = new ImagesConfig { BeyondMembers = "community" };
        _world.Vos = new SiteVos([new("vo.a", "project-a"), new("vo.b", PlanWorld.Owner)], [], IsComplete: true);
        _world.Offer("1");
        _world.Image(
            "1",
            visibility: "community",
            properties: new Dictionary<string, string?> { [ImageKeys.MemberLimit] = "1" }
        );
        Assert.Equal("shared", _world.One().Visibility);
    }

    [Fact]
    public void Who_has_the_old_version_alone_gets_the_new_one_also_while_his_VO_is_not_known()
    {
        _world.Vos = new SiteVos([new("vo.a", "project-a")], ["vo.b"], IsComplete: false);
        _world.Offer("2", day: 2);
        _world.Share(_world.Image("2", day: 2), "project-a");
        _world.Image("1");
        var actions = _world.One().Actions;
        Assert.Equal([ImageStep.Share, ImageStep.Hide], actions.Select(action => action.Step));
        Assert.Equal(["project-b"], actions[0].Projects);
    }

    [Fact]
    public void What_a_VO_has_from_sources_that_are_not_asked_counts()
    {
        var other = _world.AddSource("other", "all");
        _world.Sources.Remove(other);
        _world.Config = new ImagesConfig
        {
            Sources = [_world.Sources[0], other],
            Limits = new ImageLimitsConfig { PerVo = new ByteSize(1500) },
        };
        _world.OnlySources = new HashSet<string> { "images" };
        _world.Image("9", slot: "registry.example.org/other/big:1", source: "other");
        _world.Offer("1");
        Assert.Equal("per-vo-limit", _world.One().Refusal);
    }

    [Fact]
    public void An_image_beyond_the_limit_of_members_stays_open()
    {
        _world.Config = new ImagesConfig { BeyondMembers = "community" };
        _world.Offer("1");
        _world.Image(
            "1",
            visibility: "community",
            properties: new Dictionary<string, string?> { [ImageKeys.MemberLimit] = "1" }
        );
        Assert.Empty(_world.One().Actions);
    }

    [Fact]
    public void With_one_VO_the_others_keep_and_get_nothing()
    {
        _world.OnlyVo = "vo.a";
        _world.Offer("1");
        _world.Share(_world.Image("1"), "project-x");
        var action = Assert.Single(_world.One().Actions);
        Assert.Equal((ImageStep.Share, "project-a"), (action.Step, Assert.Single(action.Projects)));
    }

    [Fact]
    public void With_one_source_the_images_of_others_are_not_looked_at()
    {
        _world.OnlySources = new HashSet<string> { "other" };
        _world.Image("1");
        Assert.Empty(_world.Plan().Slots);
    }

    [Fact]
    public void A_hidden_version_is_taken_from_projects_of_no_VO()
    {
        _world.Offer("2", day: 2);
        _world.Image("2", day: 2);
        _world.Share(_world.Image("1", hiddenDays: 1), "project-a", "project-x");
        var action = Assert.Single(_world.One().Actions);
        Assert.Equal((ImageStep.Unshare, "project-x"), (action.Step, Assert.Single(action.Projects)));
    }
}
