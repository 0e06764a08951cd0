using FedSite.Ams;
using FedSite.Grid;
using FedSite.Sandbox;
using FedSite.Sandbox.Ams;
using FedSite.Sandbox.Pki;
using FedSite.TestKit;

namespace FedSite.Tests.Ams;

public sealed class AmsClientTests : IAsyncLifetime
{
    private MessagingSite _site = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _site = await MessagingSite.StartAsync(Stop);

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task The_token_is_kept_readable_by_its_owner_alone()
    {
        using var ams = _site.Connect();

        await ams.SignInAsync(Stop);

        var file = Assert.Single(Directory.GetFiles(_site.StatePath, "ams-token-*"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_kept_token_spares_the_exchange()
    {
        using (var first = _site.Connect())
        {
            await first.SignInAsync(Stop);
        }

        using var ams = _site.Connect();
        await _site.Ams.StopTokenServiceAsync();

        Assert.Equal("host---1", (await ams.GetProfileAsync(Stop)).Name);
    }

    [Fact]
    public async Task A_token_that_AMS_has_renewed_is_fetched_again()
    {
        using var ams = _site.Connect();
        await ams.SignInAsync(Stop);
        _site.Ams.RenewTokens();

        await ams.CheckTopicAsync(MessagingSite.Topic, Stop);
    }

    [Fact]
    public async Task A_given_token_is_used_and_needs_no_certificate()
    {
        var token = _site.Ams.Register(_site.Host.Certificate);
        using var ams = AmsClient.Connect(
            _site.AmsConfig with
            {
                Token = token,
            },
            credential: null,
            _site.Trust,
            _site.StatePath,
            _site.Time
        );

        await ams.CheckTopicAsync(MessagingSite.Topic, Stop);

        Assert.Empty(Directory.GetFiles(_site.StatePath, "ams-token-*"));
    }

    [Fact]
    public async Task A_wrong_token_is_named_but_never_shown()
    {
        using var ams = _site.Connect(_site.AmsConfig with { Token = "not-a-token" });

        var failure = await FailureAsync(() => ams.GetProfileAsync(Stop));

        Assert.Equal(AmsFault.Unauthorized, failure.Fault);
        Assert.Contains("messaging.ams.token", failure.NextStep, StringComparison.Ordinal);
        Assert.DoesNotContain("not-a-token", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_AMS_does_not_know_is_told_both_forms_of_its_DN()
    {
        using var stranger = _site.Authority.IssueHost("/DC=org/DC=example/O=hosts/CN=new.example.org");
        using var credential = HostCredential.Load(stranger.CertificateFile, stranger.KeyFile, _site.Time);
        using var ams = _site.Connect(credential: credential);

        var failure = await FailureAsync(() => ams.SignInAsync(Stop));

        Assert.Contains("/DC=org/DC=example/O=hosts/CN=new.example.org", failure.Message, StringComparison.Ordinal);
        Assert.Contains("CN=new.example.org,O=hosts,DC=org+DC=example", failure.NextStep, StringComparison.Ordinal);
        Assert.Contains("GOCDB", failure.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_topic_is_told_its_GOCDB_service_type()
    {
        _site.Ams.Register(_site.Host.Certificate, "another-topic");
        using var ams = _site.Connect();

        var failure = await FailureAsync(() => ams.CheckTopicAsync(MessagingSite.Topic, Stop));

        Assert.Equal(AmsFault.Forbidden, failure.Fault);
        Assert.Contains("eu.egi.cloud.accounting", failure.NextStep, StringComparison.Ordinal);
        Assert.Contains("hours", failure.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_topic_is_named()
    {
        using var ams = _site.Connect();

        var failure = await FailureAsync(() => ams.CheckTopicAsync("no-such-topic", Stop));

        Assert.Contains("no topic no-such-topic", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_project_is_named()
    {
        using var ams = _site.Connect(_site.AmsConfig with { Project = "elsewhere" });

        var failure = await FailureAsync(() => ams.CheckTopicAsync(MessagingSite.Topic, Stop));

        Assert.Contains("no project elsewhere", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_whose_CA_is_unknown_is_not_talked_to()
    {
        using var ams = AmsClient.Connect(_site.AmsConfig, _site.Credential, trust: null, _site.StatePath, _site.Time);

        var failure = await FailureAsync(() => ams.SignInAsync(Stop));

        Assert.Equal(AmsFault.Unreachable, failure.Fault);
        Assert.Contains("messaging.trust", failure.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_port_is_told_from_a_name_that_is_not_known()
    {
        using var closed = _site.Connect(_site.AmsConfig with { AuthPort = 1 });
        using var unknown = _site.Connect(_site.AmsConfig with { Host = "ams.invalid" });

        var failures = (
            await FailureAsync(() => closed.SignInAsync(Stop)),
            await FailureAsync(() => unknown.SignInAsync(Stop))
        );

        Assert.Contains("No connection to 127.0.0.1:1", failures.Item1.Message, StringComparison.Ordinal);
        Assert.Contains("The name ams.invalid is not known", failures.Item2.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_leaves_the_outcome_unknown()
    {
        await using var site = await MessagingSite.StartAsync(
            Stop,
            new HurriedTime(TimeSpan.Zero, limits: TimeSpan.FromMilliseconds(500))
        );
        using var ams = site.Connect();
        await ams.SignInAsync(Stop);
        site.Ams.Trouble(new AmsTrouble { Delay = TimeSpan.FromHours(1) });

        var failure = await FailureAsync(() => PublishAsync(ams));

        Assert.Equal(AmsFault.Unknown, failure.Fault);
        Assert.Contains("within 60 s", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(408, AmsFault.Unknown)]
    [InlineData(413, AmsFault.TooLarge)]
    [InlineData(429, AmsFault.Busy)]
    [InlineData(500, AmsFault.Unknown)]
    [InlineData(503, AmsFault.Unknown)]
    public async Task Answers_are_judged_by_their_status(int status, AmsFault fault)
    {
        using var ams = _site.Connect();
        _site.Ams.Trouble(
            new AmsTrouble
            {
                Status = status,
                Body = "<html><h1>Trouble</h1></html>",
                RetryAfter = 17,
            }
        );

        var failure = await FailureAsync(() => PublishAsync(ams));

        Assert.Equal((fault, status), (failure.Fault, failure.Status));
        Assert.Contains("<h1>Trouble</h1>", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_that_the_server_asks_for_is_passed_on()
    {
        using var ams = _site.Connect();
        _site.Ams.Trouble(new AmsTrouble { Status = 429, RetryAfter = 17 });

        Assert.Equal(TimeSpan.FromSeconds(17), (await FailureAsync(() => PublishAsync(ams))).RetryAfter);
    }

    [Fact]
    public async Task An_answer_200_that_is_none_of_AMS_leaves_the_outcome_unknown()
    {
        using var ams = _site.Connect();
        _site.Ams.Trouble(new AmsTrouble { Status = 200, Body = "<html>Please log in</html>" });

        var failure = await FailureAsync(() => PublishAsync(ams));

        Assert.Equal(AmsFault.Unknown, failure.Fault);
        Assert.Contains("Please log in", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"messageIds": null}""")]
    [InlineData("""{"messageIds": []}""")]
    [InlineData("""{"messageIds": ["1", "2"]}""")]
    [InlineData("""{"messageIds": [null]}""")]
    public async Task An_answer_that_does_not_name_each_message_confirms_none(string body)
    {
        using var ams = _site.Connect();
        _site.Ams.Trouble(new AmsTrouble { Status = 200, Body = body });

        Assert.Equal(AmsFault.Unknown, (await FailureAsync(() => PublishAsync(ams))).Fault);
    }

    [Fact]
    public async Task A_character_set_that_nobody_knows_does_no_harm()
    {
        using var ams = _site.Connect();
        _site.Ams.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Ams,
                Status = 503,
                ContentType = "text/html; charset=none",
            }
        );

        Assert.Equal(503, (await FailureAsync(() => PublishAsync(ams))).Status);
    }

    [Theory]
    [InlineData("""{"token": null}""")]
    [InlineData("""{"token": ""}""")]
    [InlineData("""{"token": "a-secret\nx"}""")]
    [InlineData("""{"token": "a-secret""")]
    public async Task An_answer_that_is_no_token_is_told_and_neither_quoted_nor_kept(string body)
    {
        using var ams = _site.Connect();
        _site.Ams.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.AmsTokens,
                Status = 200,
                Body = body,
                Times = 3,
            }
        );

        var failure = await FailureAsync(() => ams.SignInAsync(Stop));

        Assert.Contains("not as AMS does", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_site.StatePath, "ams-token-*"));
    }

    [Fact]
    public async Task A_profile_with_nulls_for_empty_lists_is_read()
    {
        using var ams = _site.Connect();
        _site.Ams.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Ams,
                Status = 200,
                Body = """{"name": "host", "projects": [{"project": "accounting", "roles": null, "topics": null}]}""",
            }
        );

        var rights = Assert.Single((await ams.GetProfileAsync(Stop)).Projects);

        Assert.Empty(rights.Roles.Concat(rights.Topics));
    }

    [Fact]
    public async Task A_name_with_a_quote_is_never_sent()
    {
        using var ams = _site.Connect();

        await Assert.ThrowsAsync<ArgumentException>(() =>
            ams.PublishAsync(MessagingSite.Topic, [new AmsMessage("a\"b", "text"u8.ToArray())], Stop)
        );
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_before_the_network_is_touched()
    {
        using var old = _site.Authority.IssueHost(
            MessagingSite.HostDn,
            new CertificateTerms { NotAfter = _site.Time.GetUtcNow().AddMinutes(5) }
        );
        using var credential = HostCredential.Load(old.CertificateFile, old.KeyFile, _site.Time);
        var later = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(_site.Time.GetUtcNow().AddHours(1));
        using var ams = AmsClient.Connect(_site.AmsConfig, credential, _site.Trust, _site.StatePath, later);

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => ams.SignInAsync(Stop));

        Assert.Contains("expired", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_off_is_noticed()
    {
        var ahead = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(2));
        using var ams = AmsClient.Connect(_site.AmsConfig, _site.Credential, _site.Trust, _site.StatePath, ahead);

        await ams.SignInAsync(Stop);

        Assert.InRange(ams.ClockSkew!.Value.TotalMinutes, 119, 121);
    }

    private static Task<IReadOnlyList<string>> PublishAsync(AmsClient ams) =>
        ams.PublishAsync(MessagingSite.Topic, [new AmsMessage("0/1", "text"u8.ToArray())], Stop);

    private static Task<AmsException> FailureAsync(Func<Task> action) => Assert.ThrowsAsync<AmsException>(action);
}
