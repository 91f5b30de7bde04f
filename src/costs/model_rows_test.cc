#include "costs/model_rows.h"

#include <gtest/gtest.h>

namespace reelbatch::costs {
namespace {

using contracts::CostRow;

CostRow Row(const std::string& component, const std::string& signature, const std::string& device,
            int threads, const std::string& date) {
  CostRow row;
  contracts::CostSubject subject;
  subject.component = component;
  subject.model_signature = signature;
  contracts::DeviceProfile profile;
  profile.id = device;
  contracts::Provenance provenance;
  provenance.date = date;
  row.subject = std::make_shared<contracts::CostSubject>(subject);
  row.device = std::make_shared<contracts::DeviceProfile>(profile);
  row.provenance = std::make_shared<contracts::Provenance>(provenance);
  row.threads = threads;
  row.points = {{.batch = 1, .ms = 5, .peak_mb = 1}};
  return row;
}

TEST(FindModelRow, TheSameModelBeforeTheSameDeviceBeforeAsManyThreads) {
  std::vector<contracts::CostTable> tables(1);
  const ModelQuery query{
      .component = "vad", .model_signature = "a", .device = "here", .threads = 2};
  const auto found = [&] { return FindModelRow(tables, query).value(); };
  tables[0].rows.push_back(Row("vad", "b", "there", 1, "2026-01-01"));
  EXPECT_EQ(found().threads, 1) << "another model on another device is better than nothing";
  tables[0].rows.push_back(Row("vad", "b", "here", 2, "2026-01-01"));
  EXPECT_EQ(found().device->id, "here");
  tables[0].rows.push_back(Row("vad", "a", "there", 4, "2026-01-01"));
  EXPECT_EQ(found().subject->model_signature, "a");
  tables[0].rows.push_back(Row("vad", "a", "there", 1, "2025-01-01"));
  EXPECT_EQ(found().threads, 1);
  tables[0].rows.push_back(Row("vad", "a", "there", 1, "2026-02-01"));
  EXPECT_EQ(found().provenance->date, "2026-02-01");
}

TEST(FindModelRow, WithoutARowItSaysHowToMeasure) {
  std::vector<contracts::CostTable> tables(1);
  tables[0].rows.push_back(Row("other", "a", "here", 1, "2026-01-01"));
  tables[0].rows.push_back(Row("vad", "a", "here", 1, "2026-01-01"));
  tables[0].rows.back().points.clear();
  const auto none = FindModelRow(tables, {.component = "vad"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, base::Code::kNotMeasured);
  EXPECT_NE(none.error().message.find("bench model vad"), std::string::npos);
}

}  // namespace
}  // namespace reelbatch::costs
