using System.Collections.Frozen;
using System.Text;

namespace FedSite.Accounting;

/// <summary>
/// ASCII spellings of letters outside ASCII: Latin (after ISO 9 and common practice), Greek (ELOT 743) and Cyrillic
/// letters, and typographic signs. The runtime's own normalisation is switched off in this program.
/// </summary>
internal static class Transliteration
{
    /// <summary>The ASCII spelling; empty where the table has none.</summary>
    public static string ToAscii(Rune rune) => Table.GetValueOrDefault(rune.Value, "");

    private static FrozenDictionary<int, string> Build()
    {
        var table = new Dictionary<int, string>();
        foreach (var (ascii, letters) in Letters)
        {
            foreach (var rune in letters.EnumerateRunes())
            {
                table[rune.Value] = ascii;
            }
        }

        return table.ToFrozenDictionary();
    }

    private static readonly (string Ascii, string Letters)[] Letters =
    [
        ("A", "ÀÁÂÃÅĀĂĄǍΑΆА"),
        ("Ae", "ÄÆ"),
        ("B", "Б"),
        ("C", "ÇĆĈĊČ"),
        ("Ch", "ΧЧ"),
        ("D", "ÐĎĐΔД"),
        ("E", "ÈÉÊËĒĔĖĘĚΕΈЕЭ"),
        ("F", "ΦФ"),
        ("G", "ĜĞĠĢΓГҐ"),
        ("H", "ĤĦ"),
        ("I", "ÌÍÎÏĨĪĬĮİΗΉΙΊΪИІ"),
        ("J", "ĴЙ"),
        ("K", "ĶΚК"),
        ("Kh", "Х"),
        ("L", "ĹĻĽĿŁΛЛ"),
        ("M", "ΜМ"),
        ("N", "ÑŃŅŇŊΝН"),
        ("O", "ÒÓÔÕØŌŎŐΟΌΩΏО"),
        ("Oe", "ÖŒ"),
        ("P", "ΠП"),
        ("Ps", "Ψ"),
        ("R", "ŔŖŘΡР"),
        ("S", "ŚŜŞŠȘΣС"),
        ("Sh", "Ш"),
        ("Shch", "Щ"),
        ("T", "ŢŤŦȚΤТ"),
        ("Th", "ÞΘ"),
        ("Ts", "Ц"),
        ("U", "ÙÚÛŨŪŬŮŰŲУ"),
        ("Ue", "Ü"),
        ("V", "ΒВ"),
        ("W", "Ŵ"),
        ("X", "Ξ"),
        ("Y", "ÝŶŸΥΎЫ"),
        ("Ya", "Я"),
        ("Ye", "Є"),
        ("Yi", "Ї"),
        ("Yo", "Ё"),
        ("Yu", "Ю"),
        ("Z", "ŹŻŽΖЗ"),
        ("Zh", "Ж"),
        ("a", "àáâãåāăąǎªαάа"),
        ("ae", "äæ"),
        ("b", "б"),
        ("c", "çćĉċč¢"),
        ("ch", "χч"),
        ("d", "ðďđδд"),
        ("e", "èéêëēĕėęěεέеэ"),
        ("f", "φф"),
        ("g", "ĝğġģγгґ"),
        ("h", "ĥħ"),
        ("i", "ìíîïĩīĭįıηήιίϊΐиі"),
        ("j", "ĵй"),
        ("k", "ķĸκк"),
        ("kh", "х"),
        ("l", "ĺļľŀłλл"),
        ("m", "μµм"),
        ("n", "ñńņňŉŋνн"),
        ("o", "òóôõøōŏőºοόωώо"),
        ("oe", "öœ"),
        ("p", "πп"),
        ("ps", "ψ"),
        ("r", "ŕŗřρр"),
        ("s", "śŝşšșſσςс"),
        ("sh", "ш"),
        ("shch", "щ"),
        ("ss", "ß"),
        ("t", "ţťŧțτт"),
        ("th", "þθ"),
        ("ts", "ц"),
        ("u", "ùúûũūŭůűųу"),
        ("ue", "ü"),
        ("v", "βв"),
        ("w", "ŵ"),
        ("x", "ξ×"),
        ("y", "ýÿŷυύϋΰы"),
        ("ya", "я"),
        ("ye", "є"),
        ("yi", "ї"),
        ("yo", "ё"),
        ("yu", "ю"),
        ("z", "źżžζз"),
        ("zh", "ж"),
        ("'", "‘’‚‛′´ʼ"),
        ("\"", "“”„‟″«»"),
        ("-", "‐‑‒–—―−"),
        ("...", "…"),
        ("<", "‹"),
        (">", "›"),
        (" ", "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u3000\u0085"),
        ("EUR", "€"),
        ("(c)", "©"),
        ("(r)", "®"),
        ("TM", "™"),
        ("1/2", "½"),
        ("1/4", "¼"),
        ("3/4", "¾"),
        ("2", "²"),
        ("3", "³"),
        ("1", "¹"),
        (".", "·•"),
    ];

    // Below Letters: static fields are set in the order of the text.
    private static readonly FrozenDictionary<int, string> Table = Build();
}
