#include "costs/table_fields.h"

#include <gmock/gmock.h>

#include "base/atomic_file.h"

namespace reelbatch::costs {
namespace {

using testing::UnorderedElementsAreArray;

/// "$defs" of the schema of the table.
const base::Json& Definitions() {
  static const base::Json schema = base::Json::parse(
      base::ReadWholeFile(REELBATCH_SOURCE_DIR "/schemas/reelbatch_costs_v2.schema.json")
          .value_or("{}"));
  return schema.at("$defs");
}

template <class T>
void ExpectSame(const base::Json& definition) {
  std::vector<std::string> keys;
  std::vector<std::string> required;
  for (const Field<T>& field : kFields<T>) {
    keys.emplace_back(field.key);
    if (field.required) required.emplace_back(field.key);
  }
  std::vector<std::string> known;
  for (const auto& member : definition.at("properties").items()) known.push_back(member.key());
  EXPECT_THAT(keys, UnorderedElementsAreArray(known));
  EXPECT_THAT(required,
              UnorderedElementsAreArray(definition.value("required", std::vector<std::string>())));
}

TEST(TableFields, AreThoseOfTheSchema) {
  const base::Json& definitions = Definitions();
  ExpectSame<contracts::DeviceProfile>(definitions.at("device"));
  ExpectSame<contracts::Provenance>(definitions.at("source"));
  ExpectSame<contracts::CostQuality>(definitions.at("quality"));
  ExpectSame<contracts::CostSubject>(definitions.at("subject"));
  ExpectSame<contracts::InputBucket>(definitions.at("bucket"));
  ExpectSame<contracts::CostSummary>(definitions.at("summary"));
  ExpectSame<contracts::CostRow>(definitions.at("row"));
  const base::Json& row = definitions.at("row").at("properties");
  ExpectSame<contracts::CostPoint>(row.at("points").at("items"));
  ExpectSame<contracts::CostTerm>(row.at("terms").at("items"));
}

}  // namespace
}  // namespace reelbatch::costs
