#include "apps/reelbatch/table.h"

#include <gtest/gtest.h>

namespace reelbatch::app {
namespace {

TEST(Table, AlignsColumns) {
  Table table({{"#", Align::kRight}, {"name"}, {"x"}});
  table.AddRow({"1", "кот", "y"});
  table.AddRow({"12", "映画"});
  EXPECT_EQ(table.Render(false),
            " #  name  x\n"
            "--  ----  -\n"
            " 1  кот   y\n"
            "12  映画\n");
}

TEST(Table, WithoutRowsStillHasTitles) {
  const Table table({{"frame"}});
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(table.Render(false, 2), "  frame\n  -----\n");
  EXPECT_NE(table.Render(true).find("\x1b[1mframe"), std::string::npos);
}

}  // namespace
}  // namespace reelbatch::app
