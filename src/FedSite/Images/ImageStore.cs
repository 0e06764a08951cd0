using System.Globalization;
using System.Text.Json;
using FedSite.Images.Inspection;
using FedSite.Images.Plans;
using FedSite.Images.Sources;
using FedSite.Images.Transfers;
using FedSite.State;

namespace FedSite.Images;

/// <summary>Tables <c>images_*</c> of the state database, for one site.</summary>
/// <param name="state">Where they are.</param>
/// <param name="site">The site's name.</param>
/// <param name="terms">What an image is held against now.</param>
/// <param name="time">For the time of each entry.</param>
internal sealed partial class ImageStore(StateDatabase state, string site, InspectionTerms terms, TimeProvider time)
    : IManifestMemory,
        IImageMemory
{
    /// <summary>
    /// Seconds. A download that was refused early was stopped before its digest was known: a network that lied then may
    /// not lie tomorrow.
    /// </summary>
    private const long LongestRefusal = 86_400;

    /// <summary>Seconds.</summary>
    private const long LongestMemory = 180 * 86_400;
    private const int MostManifests = 20_000;

    private string Terms { get; } =
        string.Create(CultureInfo.InvariantCulture, $"{ImageInspector.Rules} {terms.MaxVirtualSize}");

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    byte[]? IManifestMemory.Find(string digest)
    {
        using var connection = state.Connect();
        return connection
            .Query(
                "select body from images_manifest where digest = $digest",
                row => row.GetFieldValue<byte[]>(0),
                ("$digest", digest)
            )
            .FirstOrDefault();
    }

    void IManifestMemory.Keep(string digest, byte[] body)
    {
        using var connection = state.Connect();
        connection.Execute(
            "insert or ignore into images_manifest (digest, body, used) values ($digest, $body, $now)",
            ("$digest", digest),
            ("$body", body),
            ("$now", Now)
        );
    }

    IReadOnlySet<string> IImageMemory.Replaced(string slot)
    {
        using var connection = state.Connect();
        return connection
            .Query(
                "select manifest from images_version where site = $site and slot = $slot and superseded is not null",
                row => row.GetString(0),
                ("$site", site),
                ("$slot", slot)
            )
            .ToHashSet(StringComparer.Ordinal);
    }

    (string Id, string Reason)? IImageMemory.Refusal(string slot, string manifest)
    {
        using var connection = state.Connect();
        return connection
            .Query<(string Id, string Reason)?>(
                """
                select id, reason from images_refusal
                where slot = $slot and manifest = $manifest and terms = $terms and refused > $after
                """,
                row => (row.GetString(0), row.GetString(1)),
                ("$slot", slot),
                ("$manifest", manifest),
                ("$terms", Terms),
                ("$after", Now - LongestRefusal)
            )
            .FirstOrDefault();
    }

    public void KeepRefusal(ImageOffer offer, string id, string reason)
    {
        using var connection = state.Connect();
        connection.Execute(
            """
            insert or replace into images_refusal (slot, manifest, id, reason, terms, refused)
            values ($slot, $manifest, $id, $reason, $terms, $now)
            """,
            ("$slot", offer.Slot),
            ("$manifest", offer.Manifest),
            ("$id", id),
            ("$reason", reason),
            ("$terms", Terms),
            ("$now", Now)
        );
    }

    /// <summary>
    /// What was found in a file, by the rules of this version; null: nothing is known.
    /// </summary>
    public ImageInspection? FindInspection(string content)
    {
        using var connection = state.Connect();
        return connection
            .Query(
                "select format, virtual_size, size, findings from images_content where digest = $digest and rules = $rules",
                row => new ImageInspection
                {
                    Format = row.GetString(0),
                    VirtualSize = row.IsDBNull(1) ? null : row.GetInt64(1),
                    Size = row.GetInt64(2),
                    Findings =
                        JsonSerializer.Deserialize(row.GetString(3), ImageStoreJson.Default.IReadOnlyListImageDanger)
                        ?? [],
                },
                ("$digest", content),
                ("$rules", ImageInspector.Rules)
            )
            .FirstOrDefault();
    }

    /// <summary>SHA-512 of a file, or of what was made of it; null: not known.</summary>
    public string? FindSha512(string content, string format)
    {
        using var connection = state.Connect();
        return connection
            .Query(
                """
                select sha512 from images_conversion where source = $content and format = $format
                union all select sha512 from images_content where digest = $content and format = $format
                """,
                row => row.GetString(0),
                ("$content", content),
                ("$format", format)
            )
            .FirstOrDefault();
    }

    public void KeepInspection(string content, string sha512, ImageInspection inspection)
    {
        using var connection = state.Connect();
        connection.Execute(
            """
            insert or replace into images_content
                (digest, sha512, size, format, virtual_size, findings, rules, inspected)
            values ($digest, $sha512, $size, $format, $virtual, $findings, $rules, $now)
            """,
            ("$digest", content),
            ("$sha512", sha512),
            ("$size", inspection.Size),
            ("$format", inspection.Format),
            ("$virtual", inspection.VirtualSize),
            (
                "$findings",
                JsonSerializer.Serialize(inspection.Findings, ImageStoreJson.Default.IReadOnlyListImageDanger)
            ),
            ("$rules", ImageInspector.Rules),
            ("$now", Now)
        );
    }

    public void KeepConversion(string content, string format, CachedImage made)
    {
        using var connection = state.Connect();
        connection.Execute(
            """
            insert or replace into images_conversion (source, format, digest, sha512, size, virtual_size, made)
            values ($source, $format, $digest, $sha512, $size, $virtual, $now)
            """,
            ("$source", content),
            ("$format", format),
            ("$digest", $"sha256:{made.Sha256}"),
            ("$sha512", made.Sha512),
            ("$size", made.Size),
            ("$virtual", made.Inspection.VirtualSize),
            ("$now", Now)
        );
    }

    /// <summary>An image became the current version of its slot.</summary>
    public void KeepVersion(string imageId, ImageOffer offer, string sent)
    {
        using var connection = state.Connect();
        connection.Execute(
            """
            insert into images_version (site, image_id, slot, manifest, content, sent, made)
            values ($site, $image, $slot, $manifest, $content, $sent, $now)
            on conflict do update set manifest = excluded.manifest, superseded = null, removed = null
            """,
            ("$site", site),
            ("$image", imageId),
            ("$slot", offer.Slot),
            ("$manifest", offer.Manifest),
            ("$content", offer.Content),
            ("$sent", sent),
            ("$now", Now)
        );
    }

    public void KeepHidden(string imageId, bool isReplaced) =>
        Mark(imageId, isReplaced ? "superseded = $now" : "superseded = null");

    public void KeepRemoved(string imageId) => Mark(imageId, "removed = $now");

    /// <summary>One that never was a version of its slot is gone, and its id with it.</summary>
    public void KeepRemoved(string imageId, ImageOffer offer)
    {
        using var connection = state.Connect();
        connection.Execute(
            """
            insert into images_version (site, image_id, slot, manifest, content, sent, made, removed)
            values ($site, $image, $slot, $manifest, $content, '', $now, $now)
            on conflict do update set removed = $now
            """,
            ("$site", site),
            ("$image", imageId),
            ("$slot", offer.Slot),
            ("$manifest", offer.Manifest),
            ("$content", offer.Content),
            ("$now", Now)
        );
    }

    /// <summary>Ids that Glance gives no second time.</summary>
    public IReadOnlySet<string> FindRemoved(string slot)
    {
        using var connection = state.Connect();
        return connection
            .Query(
                "select image_id from images_version where site = $site and slot = $slot and removed is not null",
                row => row.GetString(0),
                ("$site", site),
                ("$slot", slot)
            )
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Hash of the projects that the members of a hidden image were last compared with; null: never.</summary>
    public string? FindProjects(string imageId)
    {
        using var connection = state.Connect();
        return connection
            .Query(
                "select projects from images_version where site = $site and image_id = $image",
                row => row.IsDBNull(0) ? null : row.GetString(0),
                ("$site", site),
                ("$image", imageId)
            )
            .FirstOrDefault();
    }

    public void KeepProjects(IReadOnlyCollection<string> images, string projects)
    {
        using var connection = state.Connect();
        using var whole = connection.Begin();
        foreach (var image in images)
        {
            connection.Execute(
                "update images_version set projects = $projects where site = $site and image_id = $image",
                ("$site", site),
                ("$image", image),
                ("$projects", projects)
            );
        }

        whole.Commit();
    }

    /// <summary>What the run decided; slots that it did not look at keep what an earlier one did.</summary>
    /// <param name="plan">The run's.</param>
    /// <param name="isWhole">It looked at all slots that there are.</param>
    public void KeepPlan(ImagePlan plan, bool isWhole)
    {
        using var connection = state.Connect();
        using var whole = connection.Begin();
        // What is still offered is read once again then.
        connection.Execute(
            """
            delete from images_manifest where used < $before
                or digest in (select digest from images_manifest order by used desc limit -1 offset $most)
            """,
            ("$before", Now - LongestMemory),
            ("$most", MostManifests)
        );
        foreach (var source in plan.Sources)
        {
            connection.Execute(
                """
                insert into images_source (site, name, offers, listed, failure, tried)
                values ($site, $name, $offers, $listed, $failure, $now)
                on conflict do update set
                    offers = case when $failure is null then $offers else offers end,
                    listed = coalesce($listed, listed), failure = $failure, tried = $now
                """,
                ("$site", site),
                ("$name", source.Name),
                ("$offers", source.Offers),
                ("$listed", source.Problem is null ? Now : null),
                ("$failure", source.Problem),
                ("$now", Now)
            );
        }

        // What was decided about a slot that is neither there nor offered is no longer true.
        if (isWhole && plan.Sources.All(source => source.Problem is null))
            connection.Execute("delete from images_slot where site = $site", ("$site", site));
        foreach (var slot in plan.Slots)
        {
            connection.Execute(
                """
                insert or replace into images_slot
                    (site, slot, source, manifest, content, decision, reason, image_id, decided)
                values ($site, $slot, $source, $manifest, $content, $decision, $reason, $image, $now)
                """,
                ("$site", site),
                ("$slot", slot.Slot),
                ("$source", string.Join(", ", slot.Sources)),
                ("$manifest", slot.Offer?.Manifest),
                ("$content", slot.Offer?.Content),
                ("$decision", slot.Refusal is null ? slot.Decision : $"{slot.Decision} ({slot.Refusal})"),
                ("$reason", slot.Reason),
                ("$image", slot.Current?.Id),
                ("$now", Now)
            );
        }

        whole.Commit();
    }

    /// <summary>What came of a slot's decision.</summary>
    /// <param name="decision">Null: as the plan said.</param>
    public void KeepOutcome(string slot, string? decision, string reason, string? imageId)
    {
        using var connection = state.Connect();
        connection.Execute(
            """
            update images_slot set decision = coalesce($decision, decision), reason = $reason,
                image_id = coalesce($image, image_id), decided = $now
            where site = $site and slot = $slot
            """,
            ("$site", site),
            ("$slot", slot),
            ("$decision", decision),
            ("$reason", reason),
            ("$image", imageId),
            ("$now", Now)
        );
    }

    private void Mark(string imageId, string what)
    {
        using var connection = state.Connect();
        connection.Execute(
            $"update images_version set {what} where site = $site and image_id = $image",
            ("$site", site),
            ("$image", imageId),
            ("$now", Now)
        );
    }
}
