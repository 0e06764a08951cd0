using FedSite.Configuration;
using FedSite.Images.Catalogue;
using FedSite.Images.Plans;
using FedSite.Images.Sources;
using FedSite.OpenStack.Image;

namespace FedSite.Tests.Images.Plans;

public sealed class ImagePlannerTests
{
    private readonly PlanWorld _world = new();

    [Fact]
    public void What_is_offered_and_not_there_is_added()
    {
        _world.Offer("1");
        var slot = _world.One();
        Assert.Equal([ImageStep.Add], slot.Actions.Select(action => action.Step));
        Assert.Equal(["project-a", "project-b"], slot.Projects.Order());
    }

    [Fact]
    public void What_is_there_as_offered_needs_nothing()
    {
        _world.Offer("1");
        _world.Image("1");
        Assert.Empty(_world.One().Actions);
    }

    [Fact]
    public void A_tag_that_moved_replaces_and_hides_the_old_version_last()
    {
        _world.Offer("2", day: 2);
        _world.Image("1");
        Assert.Equal([ImageStep.Replace, ImageStep.Hide], _world.Steps());
    }

    [Fact]
    public void The_same_content_under_a_new_manifest_is_not_sent_again()
    {
        var offer = _world.Offer("1");
        _world.Offers[0] = offer with { Manifest = "sha256:other" };
        _world.Image("1");
        Assert.Equal([ImageStep.Update], _world.Steps());
    }

    [Fact]
    public void What_is_offered_no_more_is_hidden_first()
    {
        _world.Image("1");
        _world.Image("1", slot: "registry.example.org/images/other:1");
        _world.Offer("1", slot: "registry.example.org/images/other:1");
        var action = Assert.Single(_world.One().Actions);
        Assert.Equal((ImageStep.Hide, "withdrawn"), (action.Step, action.HiddenFor));
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(31, true)]
    public void A_withdrawn_image_is_removed_after_the_days_of_grace(int days, bool removed)
    {
        _world.Image("1", hiddenDays: days, hiddenFor: "withdrawn");
        Assert.Equal(removed ? [ImageStep.Remove] : [], _world.Steps());
    }

    [Fact]
    public void A_withdrawn_image_that_is_offered_again_is_shown_again_without_a_transfer()
    {
        _world.Image("1", hiddenDays: 3, hiddenFor: "withdrawn");
        _world.Offer("1");
        Assert.Equal([ImageStep.Show], _world.Steps());
    }

    [Fact]
    public void A_source_that_failed_changes_nothing()
    {
        _world.Image("1");
        _world.Image("0", hiddenDays: 400);
        _world.Failures["images"] = new FedSiteException("503");
        var slot = _world.One();
        Assert.Equal((Decisions.Unknown, 0), (slot.Decision, slot.Actions.Count));
    }

    [Fact]
    public void A_repository_that_could_not_be_read_changes_nothing_there()
    {
        _world.Image("1");
        _world.Unread.Add(new UnreadPart("registry.example.org/images/debian:", new FedSiteException("500")));
        Assert.Equal(Decisions.Unknown, _world.One().Decision);
    }

    [Fact]
    public void An_empty_listing_is_not_believed()
    {
        _world.Image("1");
        Assert.True(Assert.Single(_world.Plan().Sources).IsFailed);
    }

    [Fact]
    public void An_empty_listing_is_believed_when_forced()
    {
        _world.Image("1");
        _world.Force = true;
        Assert.Equal([ImageStep.Hide], _world.Steps());
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void A_source_that_lost_too_many_images_is_not_believed(int lost, bool failed)
    {
        for (var i = 0; i < 10; i++)
        {
            _world.Image("1", slot: $"registry.example.org/images/i:{i}");
            if (i >= lost)
                _world.Offer("1", slot: $"registry.example.org/images/i:{i}");
        }

        Assert.Equal(failed, Assert.Single(_world.Plan().Sources).IsFailed);
    }

    [Fact]
    public void One_image_of_two_may_go()
    {
        _world.Image("1");
        _world.Image("1", slot: "registry.example.org/images/other:1");
        _world.Offer("1");
        Assert.False(Assert.Single(_world.Plan().Sources).IsFailed);
    }

    [Fact]
    public void A_tag_that_moved_back_in_time_is_refused()
    {
        _world.Image("2", day: 2);
        _world.Offer("1", day: 1);
        var slot = _world.One();
        Assert.Equal(("rollback", 0), (slot.Refusal, slot.Actions.Count));
    }

    [Fact]
    public void A_tag_that_moved_back_to_a_replaced_version_is_refused_whatever_its_time()
    {
        _world.Image("2", day: 2);
        _world.Offer("1", day: 3);
        _world.History[PlanWorld.Slot] = ["sha256:m-1"];
        Assert.Equal("rollback", _world.One().Refusal);
    }

    [Fact]
    public void A_tag_that_moved_back_to_a_hidden_version_is_refused()
    {
        _world.Image("1", hiddenDays: 1);
        _world.Image("2", day: 2);
        _world.Offer("1");
        Assert.Equal("rollback", _world.One().Refusal);
    }

    [Fact]
    public void An_older_image_is_refused_also_when_the_newer_one_was_withdrawn_before()
    {
        _world.Image("2", day: 2, hiddenDays: 1, hiddenFor: "withdrawn");
        _world.Offer("1");
        var slot = _world.One();
        Assert.Equal(("rollback", 0), (slot.Refusal, slot.Actions.Count));
    }

    [Fact]
    public void A_replaced_version_is_refused_also_when_the_newer_one_was_withdrawn_before()
    {
        _world.Image("1", hiddenDays: 9);
        _world.Image("2", day: 2, hiddenDays: 1, hiddenFor: "withdrawn");
        _world.Offer("1");
        Assert.Equal("rollback", _world.One().Refusal);
    }

    [Fact]
    public void The_same_image_in_a_format_that_the_site_takes_again_is_no_roll_back()
    {
        _world.Config = new ImagesConfig { Formats = ["qcow2"] };
        _world.Image("1", hiddenDays: 1);
        _world.Image("1", format: "raw");
        _world.Offer("1");
        Assert.Equal([ImageStep.Show, ImageStep.Hide], _world.Steps());
    }

    [Fact]
    public void A_source_under_a_new_name_that_lists_nothing_is_not_believed()
    {
        _world.Image("1", source: "old-name");
        Assert.True(Assert.Single(_world.Plan().Sources).IsFailed);
    }

    [Fact]
    public void A_roll_back_that_is_allowed_shows_the_old_version_and_hides_the_new_one()
    {
        _world.Sources[0] = _world.Sources[0] with { AllowRollback = true };
        _world.Image("1", hiddenDays: 1);
        _world.Image("2", day: 2);
        _world.Offer("1");
        Assert.Equal([ImageStep.Show, ImageStep.Hide], _world.Steps());
    }

    [Fact]
    public void Old_versions_stay_as_many_as_are_to_be_kept_whatever_their_age()
    {
        _world.Offer("9", day: 9);
        _world.Image("9", day: 9);
        for (var age = 100; age < 104; age++)
            _world.Image($"old-{age}", hiddenDays: age);
        var removed = _world.One().Actions.Select(action => (action.Step, action.Image!.Content));
        Assert.Equal([(ImageStep.Remove, "sha256:c-old-102"), (ImageStep.Remove, "sha256:c-old-103")], removed);
    }

    [Fact]
    public void Old_versions_beyond_those_stay_for_the_days_of_grace()
    {
        _world.Offer("9", day: 9);
        _world.Image("9", day: 9);
        for (var age = 1; age < 5; age++)
            _world.Image($"old-{age}", hiddenDays: age);
        Assert.Empty(_world.One().Actions);
    }

    [Fact]
    public void Too_old_an_image_is_hidden()
    {
        _world.Config = new ImagesConfig { Require = new ImageRequireConfig { MaxAge = "5d" } };
        _world.Offer("1");
        _world.Image("1");
        var slot = _world.One();
        Assert.Equal((Decisions.Expired, "expired"), (slot.Decision, Assert.Single(slot.Actions).HiddenFor));
    }

    [Fact]
    public void Too_large_a_download_is_refused()
    {
        _world.Offer("1", size: 21L << 30);
        Assert.Equal("too-large", _world.One().Refusal);
    }

    [Fact]
    public void A_file_that_is_known_to_be_dangerous_is_refused_and_the_old_version_stays()
    {
        _world.Dangers["sha256:m-2"] = ("qcow2-backing-file", "it names a file of the host");
        _world.Offer("2", day: 2);
        _world.Image("1");
        var slot = _world.One();
        Assert.Equal(("qcow2-backing-file", 0), (slot.Refusal, slot.Actions.Count));
    }

    [Fact]
    public void Another_format_than_the_site_takes_is_replaced()
    {
        _world.Config = new ImagesConfig { Formats = ["raw"] };
        _world.Offer("1");
        _world.Image("1");
        Assert.Equal([ImageStep.Replace, ImageStep.Hide], _world.Steps());
    }

    [Fact]
    public void An_upload_that_was_never_confirmed_is_looked_at_again()
    {
        _world.Offer("1");
        _world.Share(_world.Image("1", verified: false, visibility: "private"));
        Assert.Equal([ImageStep.Verify, ImageStep.Share], _world.Steps());
    }

    [Fact]
    public void An_upload_that_was_never_confirmed_does_not_hide_the_version_before_until_it_is()
    {
        _world.Offer("2", day: 2);
        _world.Image("1");
        _world.Share(_world.Image("2", day: 2, verified: false, visibility: "private"));
        Assert.Equal([ImageStep.Verify, ImageStep.Share, ImageStep.Hide], _world.Steps());
    }

    [Fact]
    public void What_a_killed_run_began_and_is_offered_is_used_again()
    {
        _world.Offer("1");
        _world.Image("1", status: "queued", verified: false);
        Assert.Equal([ImageStep.Add], _world.Steps());
    }

    [Fact]
    public void What_a_killed_run_began_and_is_of_no_use_is_removed()
    {
        _world.Offer("2", day: 2);
        _world.Image("2", day: 2);
        _world.Image("1", status: "queued", verified: false);
        Assert.Equal([ImageStep.Remove], _world.Steps());
    }

    [Fact]
    public void Two_visible_versions_become_one()
    {
        _world.Offer("2", day: 2);
        _world.Image("1");
        _world.Image("2", day: 2);
        var action = Assert.Single(_world.One().Actions);
        Assert.Equal((ImageStep.Hide, "sha256:c-1"), (action.Step, action.Image!.Content));
    }

    [Fact]
    public void An_image_that_an_administrator_closed_is_left_alone()
    {
        _world.Offer("1");
        _world.Image("1", status: "deactivated");
        Assert.Empty(_world.One().Actions);
    }

    [Fact]
    public void A_refused_artefact_leaves_what_was_there()
    {
        _world.Image("1");
        _world.Refused.Add(new RefusedOffer(PlanWorld.Slot, "several-layers", "it has two layers"));
        var slot = _world.One();
        Assert.Equal((Decisions.Refused, "several-layers", 0), (slot.Decision, slot.Refusal, slot.Actions.Count));
    }

    [Fact]
    public void A_source_that_is_no_longer_in_the_file_changes_nothing_by_that()
    {
        const string slot = "registry.example.org/gone/debian:12";
        _world.Image("1", slot, source: "gone");
        Assert.Equal(Decisions.Unknown, _world.One(slot).Decision);
    }

    [Fact]
    public void A_source_that_is_no_longer_in_the_file_has_withdrawn_its_images_when_forced()
    {
        const string slot = "registry.example.org/gone/debian:12";
        _world.Force = true;
        _world.Image("1", slot, source: "gone");
        Assert.Equal([ImageStep.Hide], _world.Steps(slot));
    }

    [Fact]
    public void An_image_that_becomes_one_for_each_architecture_stays_until_those_are_there()
    {
        _world.Image("1");
        _world.Offer("1", slot: $"{PlanWorld.Slot}@amd64");
        _world.Offer("1a", slot: $"{PlanWorld.Slot}@arm64");
        Assert.Empty(_world.One().Actions);
    }

    [Fact]
    public void An_image_that_became_one_for_each_architecture_is_hidden_when_those_are_there()
    {
        _world.Image("1");
        _world.Offer("2", slot: $"{PlanWorld.Slot}@amd64");
        _world.Image("2", slot: $"{PlanWorld.Slot}@amd64");
        Assert.Equal([ImageStep.Hide], _world.Steps());
    }
}
