namespace FedSite.OpenStack;

/// <summary>A token and what Keystone says about it.</summary>
/// <param name="Secret">Goes into <c>X-Auth-Token</c> and nowhere else.</param>
/// <param name="Received">By our own clock.</param>
internal sealed record Token(string Secret, TokenDocument Document, DateTimeOffset Received)
{
    /// <summary>Renewed this long before its end, or after four fifths of a short life.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    /// <summary>Counted from when it came, so that a clock that differs from Keystone's does no harm.</summary>
    public bool IsFresh(DateTimeOffset now)
    {
        var life = Document.ExpiresAt - Document.IssuedAt;
        var margin = life / 5 < Margin ? life / 5 : Margin;
        return now - Received < life - margin;
    }

    public override string ToString() => $"token of {Document.User.Name} until {Document.ExpiresAt:u}";
}
