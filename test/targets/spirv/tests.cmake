# The imitation of Level Zero. The driver opens the loader by its name: a library of
# that name which is there already is the one it gets.
find_package(Threads REQUIRED)
add_library(portico_mock_level_zero MODULE ${CMAKE_CURRENT_LIST_DIR}/mock_level_zero.c)
target_compile_options(portico_mock_level_zero PRIVATE -Wall -Wextra)
set_target_properties(portico_mock_level_zero PROPERTIES
                      LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
target_link_options(portico_mock_level_zero PRIVATE -Wl,-soname,libze_loader.so.1)
target_link_libraries(portico_mock_level_zero PRIVATE Threads::Threads)
add_dependencies(portico-test portico_mock_level_zero)
target_compile_definitions(portico-test PRIVATE
  PORTICO_MOCK_LEVEL_ZERO="$<TARGET_FILE:portico_mock_level_zero>")
