#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "apps/reelbatch/yaml_file.h"
#include "base/result.h"

namespace reelbatch::app {

/// A map of a YAML file whose keys are all known: what is asked for is read and checked, what
/// was not read is an error. The first error is kept; after it everything is passed over. Read
/// all, then Finish().
class YamlMap {
 public:
  /// `path` stands before keys in errors: "devices[0]".
  YamlMap(const YamlFile& file, const YAML::Node& node, std::string path);

  bool Has(const std::string& key) const;
  /// Each leaves `value` as it is where the key is missing.
  void Number(const std::string& key, double& value);
  void Number(const std::string& key, std::optional<double>& value);
  void Integer(const std::string& key, int& value);
  void Integer(const std::string& key, int64_t& value);
  void Integer(const std::string& key, std::optional<int64_t>& value);
  void Switch(const std::string& key, bool& value);
  void Word(const std::string& key, std::string& value);
  void Integers(const std::string& key, std::vector<int>& value);
  void Words(const std::string& key, std::vector<std::string>& value);
  /// One of `words`, its place.
  void Choice(const std::string& key, const std::vector<std::string>& words, int& value);
  /// A key that must be there.
  void Require(const std::string& key);
  /// Calls `read` for the map below, or for each of a list of maps.
  void Map(const std::string& key, const std::function<base::Status(YamlMap&)>& read);
  void Maps(const std::string& key, const std::function<base::Status(YamlMap&)>& read);

  void Fail(const std::string& key, std::string message);
  /// Errors: invalid_argument: the first error, else a key that was not read (with the nearest
  /// one that is known).
  base::Status Finish();
  /// Keys as they stand in the file.
  std::vector<std::string> Keys() const;

 private:
  /// The value, or nothing where there is none or an error came before.
  std::optional<YAML::Node> Take(const std::string& key);
  std::optional<std::string> Scalar(const std::string& key, const char* wanted);
  template <class T>
  void ReadInteger(const std::string& key, T& value);
  std::string PathOf(const std::string& key) const;
  void FailAt(const YAML::Mark& mark, const std::string& key, const std::string& message);
  void Below(const YAML::Node& node, const std::string& path,
             const std::function<base::Status(YamlMap&)>& read);

  const YamlFile& file_;
  const YAML::Node node_;
  const std::string path_;
  std::set<std::string> known_;
  base::Status status_;
};

}  // namespace reelbatch::app
