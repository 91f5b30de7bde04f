#include "base/json_fields.h"

#include <gmock/gmock.h>

namespace reelbatch::base {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kDocument = R"({
  "text": "a", "whole": 3, "real": 1.5, "flag": true, "null": null, "large": 18446744073709551615,
  "texts": ["a", "b"], "numbers": [1, 2.5],
  "object": {"inner": {"x": 1}}, "list": [{"x": 1}, {"x": "one"}]})";

const Json& Document() {
  static const Json document = *ParseObject(kDocument, "a.json");
  return document;
}

/// What reading says, or "none".
template <class Read>
std::string ErrorOf(Read read) {
  std::optional<Error> error;
  JsonFields fields(Document(), "a.json", error);
  read(fields);
  EXPECT_TRUE(!error || error->code == Code::kCorrupt);
  return error ? error->Text() : "none";
}

TEST(JsonFields, ReadsWhatIsThere) {
  const auto error = ErrorOf([](JsonFields& fields) {
    EXPECT_TRUE(fields.Has("null"));
    EXPECT_FALSE(fields.Has("nothing"));
    EXPECT_EQ(fields.Text("text"), "a");
    EXPECT_EQ(fields.TextOr("text", "b"), "a");
    EXPECT_EQ(fields.TextOrNull("text"), "a");
    EXPECT_EQ(fields.Integer("whole", 3, 3), 3);
    EXPECT_EQ(fields.IntegerOrNull("whole"), 3);
    EXPECT_EQ(fields.Number("whole"), 3);
    EXPECT_EQ(fields.NumberOrNull("real", 0, 2), 1.5);
    EXPECT_TRUE(fields.Flag("flag"));
    EXPECT_TRUE(fields.FlagOr("flag", false));
    EXPECT_THAT(fields.Texts("texts"), ElementsAre("a", "b"));
    EXPECT_THAT(fields.NumbersIfAny("numbers", 1, 2.5), ElementsAre(1, 2.5));
    EXPECT_EQ(fields.Object("object").Object("inner").Integer("x"), 1);
    EXPECT_EQ(fields.ObjectIfAny("object").size(), 1U);
    EXPECT_EQ(fields.Objects("list").at(0).Integer("x"), 1);
    const auto members = fields.Object("object").Members();
    ASSERT_EQ(members.size(), 1U);
    EXPECT_EQ(members[0].first, "inner");
  });
  EXPECT_EQ(error, "none");
}

TEST(JsonFields, NullIsMissing) {
  for (const char* key : {"null", "nothing"}) {
    const auto error = ErrorOf([key](JsonFields& fields) {
      EXPECT_EQ(fields.TextOr(key, "b"), "b");
      EXPECT_EQ(fields.TextOrNull(key), std::nullopt);
      EXPECT_EQ(fields.IntegerOrNull(key), std::nullopt);
      EXPECT_EQ(fields.NumberOrNull(key), std::nullopt);
      EXPECT_TRUE(fields.FlagOr(key, true));
      EXPECT_THAT(fields.NumbersIfAny(key, 0, 1), IsEmpty());
      EXPECT_THAT(fields.ObjectIfAny(key), IsEmpty());
      EXPECT_THAT(fields.ObjectsIfAny(key), IsEmpty());
    });
    EXPECT_EQ(error, "none") << key;
  }
}

TEST(JsonFields, SaysWhatIsWrongAndWhere) {
  using F = JsonFields;
  EXPECT_EQ(ErrorOf([](F& f) { f.Text("nothing"); }),
            "a.json: nothing: is missing; it must be a text");
  EXPECT_EQ(ErrorOf([](F& f) { f.Text("null"); }), "a.json: null: must be a text, but is null");
  EXPECT_EQ(ErrorOf([](F& f) { f.Integer("real"); }),
            "a.json: real: must be a whole number, but is 1.5");
  EXPECT_EQ(ErrorOf([](F& f) { f.Integer("large"); }),
            "a.json: large: must be a whole number, but is 18446744073709551615");
  EXPECT_EQ(ErrorOf([](F& f) { f.Integer("whole", 4); }),
            "a.json: whole: must be a whole number from 4, but is 3");
  EXPECT_EQ(ErrorOf([](F& f) { f.Number("real", 0, 1); }),
            "a.json: real: must be a number from 0 to 1, but is 1.5");
  EXPECT_EQ(ErrorOf([](F& f) { f.Flag("whole"); }),
            "a.json: whole: must be true or false, but is 3");
  EXPECT_EQ(ErrorOf([](F& f) { f.Texts("numbers"); }),
            "a.json: numbers: must be a list of texts, but is [1,2.5]");
  EXPECT_EQ(ErrorOf([](F& f) { f.NumbersIfAny("numbers", 0, 2); }),
            "a.json: numbers: must be a list of numbers from 0 to 2, but is [1,2.5]");
  EXPECT_EQ(ErrorOf([](F& f) { f.Objects("text"); }), "a.json: text: must be a list, but is \"a\"");
  EXPECT_EQ(ErrorOf([](F& f) { f.Objects("texts"); }),
            "a.json: texts[0]: must be an object, but is \"a\"");
  EXPECT_EQ(ErrorOf([](F& f) { f.Object("nothing"); }),
            "a.json: nothing: is missing; it must be an object");
  EXPECT_EQ(ErrorOf([](F& f) { f.Object("object").Object("inner").Text("x"); }),
            "a.json: object.inner.x: must be a text, but is 1");
  EXPECT_EQ(ErrorOf([](F& f) { f.Objects("list").at(1).Integer("x"); }),
            "a.json: list[1].x: must be a whole number, but is \"one\"");
  EXPECT_EQ(ErrorOf([](F& f) { f.Object("object").Members().at(0).second.Flag("x"); }),
            "a.json: object.inner.x: must be true or false, but is 1");
  EXPECT_EQ(ErrorOf([](F& f) { f.Reject("object", "small"); }),
            "a.json: object: must be small, but is {\"inner\":{\"x\":1}}");
  EXPECT_EQ(ErrorOf([](F& f) { f.Fail("text", "names nobody"); }), "a.json: text: names nobody");
}

TEST(JsonFields, KeepsTheFirstErrorAndGoesOn) {
  const auto error = ErrorOf([](JsonFields& fields) {
    EXPECT_EQ(fields.Integer("text"), 0);
    JsonFields missing = fields.Object("nothing");
    EXPECT_EQ(missing.Text("a"), "");
    EXPECT_THAT(missing.Objects("b"), IsEmpty());
    EXPECT_THAT(missing.Members(), IsEmpty());
  });
  EXPECT_EQ(error, "a.json: text: must be a whole number, but is \"a\"");
}

TEST(JsonFields, ShowsTheBeginningOfALongValue) {
  std::optional<Error> error;
  const SortedJson document = {{"a", std::string(100, 'x')}};
  SortedJsonFields(document, "a.json", error).Integer("a");
  EXPECT_EQ(error->message, "must be a whole number, but is \"" + std::string(39, 'x') + "...");
}

TEST(ParseObject, NeedsAnObject) {
  EXPECT_EQ(ParseObject("{\n\"a\": }\n", "a.json").error().Text(),
            "a.json: is not valid JSON in line 2: correct it, or restore the file from a copy");
  EXPECT_EQ(
      ParseObject("{\n\"a\": [1,\n", "a.json").error().Text(),
      "a.json: is JSON that ends early, in line 3: write the file again, or restore it from a "
      "copy");
  EXPECT_EQ(ParseObject("a,b\n1,2\n", "a.json").error().Text(),
            "a.json: is not a JSON file, because its text does not begin with {");
  EXPECT_EQ(ParseObject("\n", "a.json").error().Text(),
            "a.json: is empty, but must be a JSON file: restore it from a copy");
  EXPECT_EQ(ParseObject("[1]", "a.json").error().Text(), "a.json: must be an object, but is [1]");
}

TEST(ParseDocument, NeedsTheSchema) {
  EXPECT_TRUE(ParseDocument(R"({"schema": "s"})", "a.json", "s"));
  EXPECT_EQ(ParseDocument(R"({"schema": "t"})", "a.json", "s").error().Text(),
            "a.json: schema: must be 's', but is \"t\"");
  EXPECT_THAT(ParseDocument("{}", "a.json", "s").error().Text(),
              HasSubstr("schema: is missing; it must be a text"));
}

TEST(ReadObject, GivesTheValueOrTheError) {
  const auto read = [](std::string_view text) {
    return ReadObject(text, "a.json", [](JsonFields& fields) { return fields.Integer("x"); });
  };
  EXPECT_EQ(read(R"({"x": 3})").value_or(0), 3);
  EXPECT_EQ(read("{}").error().Text(), "a.json: x: is missing; it must be a whole number");
  EXPECT_EQ(read("3").error().Text(), "a.json: must be an object, but is 3");
}

}  // namespace
}  // namespace reelbatch::base
